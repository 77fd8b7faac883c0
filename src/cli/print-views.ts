import { columns } from './columns.ts';
import type { Terminal } from './terminal.ts';
import type { OutputForm } from './view-options.ts';

/** How views of one kind are printed. */
export interface ViewPrinter<T> {
  /** Heads of the columns. */
  readonly head: (wide: boolean) => readonly string[];
  readonly row: (view: T, wide: boolean) => readonly string[];
  /** As `kubectl get -o name`: `pod/a`. */
  readonly name: (view: T) => string;
}

/** Prints views to standard output: a table, a list of JSON or YAML, or names. An empty table is said by `none` on standard error. */
export async function printViews<T>(
  terminal: Pick<Terminal, 'out' | 'err'>,
  form: OutputForm,
  views: readonly T[],
  printer: ViewPrinter<T> & { readonly none: string },
): Promise<void> {
  switch (form) {
    case 'json':
    case 'yaml':
      terminal.out(await documentText(views, form));
      return;
    case 'name':
      terminal.out(views.map((view) => `${printer.name(view)}\n`).join(''));
      return;
    default:
      if (views.length === 0) terminal.err(`${printer.none}\n`);
      else terminal.out(table(views, form === 'wide', printer));
  }
}

/** One value for programs. */
export async function documentText(value: object, form: 'json' | 'yaml'): Promise<string> {
  if (form === 'json') return `${JSON.stringify(value, null, 2)}\n`;
  return (await import('./yaml-documents.ts')).yamlText([value]);
}

function table<T>(views: readonly T[], wide: boolean, printer: ViewPrinter<T>): string {
  const rows = views.map((view) => printer.row(view, wide).map((cell) => (cell === '' ? '-' : cell)));
  return columns([printer.head(wide), ...rows]);
}

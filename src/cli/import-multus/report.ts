import { columns } from '../columns.ts';
import { isUnsupported, type MultusImport, type ReportRow } from './import-multus.ts';

/** Characters of a value that the table shows; the JSON form shows all. */
const shownValue = 40;

/** The table: one line for every key, in the order of the configuration. */
export function reportTable({ rows }: MultusImport): string {
  const origins = new Set(rows.map(({ setting }) => setting.origin));
  const head = ['KEY', 'VALUE', 'BECOMES', 'NOTE'];
  const lines = rows.map((row) => [row.setting.key, clipped(row.setting.text), row.becomes, row.note]);
  if (origins.size < 2) return columns([head, ...lines]);
  return columns([
    ['SOURCE', ...head],
    ...lines.map((line, index) => [rows[index]?.setting.origin ?? '', ...line]),
  ]);
}

/** What follows from the table, a sentence a line. */
export function reportSummary({ rows, flags }: MultusImport): readonly string[] {
  const byHand = rows.filter(({ verdict }) => verdict === 'by-hand');
  const lost = rows.filter(isUnsupported);
  return [
    ...(flags.length === 0 ? [] : [`weft-agent needs these arguments in its DaemonSet: ${flags.join(' ')}`]),
    ...(byHand.length === 0 ? [] : [`To be done by hand: ${keysOf(byHand)}`]),
    ...(lost.length === 0 ? [] : [`Not supported or not known: ${keysOf(lost)}`]),
  ];
}

/** The same for programs. */
export function reportJson({ rows, flags }: MultusImport): object {
  return {
    rows: rows.map(({ setting, verdict, becomes, note }) => ({
      source: setting.origin,
      key: setting.key,
      value: setting.value,
      verdict,
      becomes,
      note,
    })),
    flags,
  };
}

/** The keys of rows as a sentence lists them. */
export function keysOf(rows: readonly ReportRow[]): string {
  return rows.map(({ setting }) => setting.key).join(', ');
}

function clipped(text: string): string {
  const line = text.replace(/\s+/g, ' ');
  return line.length <= shownValue ? line : `${line.slice(0, shownValue - 1)}…`;
}

import type { Child, ChildEnd, ChildLimits } from '../../../src/executor/sys.ts';
import { MemorySys } from '../../fakes/sys-memory/memory-sys.ts';
import { World } from '../../fakes/sys-memory/world.ts';

/** One execution of a plugin, as it was begun. */
export interface Execution {
  readonly verb: string;
  readonly type: string;
  readonly environ: Readonly<Record<string, string>>;
  readonly stdin: string;
  readonly limits: ChildLimits;
}

/** A process whose children end as the test says, whatever they are. */
export class ScriptedSys extends MemorySys {
  readonly executions: Execution[] = [];
  /** One for each child, in order; afterwards success without output. */
  readonly ends: ChildEnd[];
  readonly #specs = new Map<number, { readonly program: string; readonly environ: Record<string, string> }>();

  constructor(ends: readonly ChildEnd[] = [], ...types: readonly string[]) {
    const world = new World();
    world.install('/bin', ...(types.length === 0 ? ['bridge', 'tuning', 'portmap'] : types));
    super(world, { environ: { PATH: '/usr/bin', CNI_ARGS: 'stale' } });
    this.ends = [...ends];
  }

  override fork(spec: { readonly program: string; readonly environ: Record<string, string> }): Child {
    const child = super.fork(spec);
    this.#specs.set(child.handle, spec);
    return child;
  }

  override finish(child: Child, stdin: string, limits: ChildLimits): ChildEnd {
    const { program = '', environ = {} } = this.#specs.get(child.handle) ?? {};
    const type = program.slice(program.lastIndexOf('/') + 1);
    this.executions.push({ verb: environ['CNI_COMMAND'] ?? '', type, environ, stdin, limits });
    return this.ends.shift() ?? printed('');
  }
}

/** Success with this output. */
export function printed(output: unknown): ChildEnd {
  return {
    how: 'exit',
    value: 0,
    stdout: typeof output === 'string' ? output : JSON.stringify(output),
    stderr: '',
  };
}

/** Failure with this output. */
export function failed(stdout: unknown, more: Partial<ChildEnd> = {}): ChildEnd {
  return { ...printed(stdout), value: 1, ...more };
}

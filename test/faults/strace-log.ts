/** One system call as strace saw it. */
export interface TracedCall {
  readonly pid: number;
  readonly name: string;
  readonly args: string;
  /** What stands after `=`: the value, the errno. */
  readonly result: string;
  /** Line at which it began, and at which it had ended; for order across processes. */
  readonly begun: number;
  readonly ended: number;
}

const whole = /^(\d+) +(\w+)\((.*)\) += (.*)$/;
const unfinished = /^(\d+) +(\w+)\((.*) <unfinished \.\.\.>$/;
const resumed = /^(\d+) +<\.\.\. (\w+) resumed>(.*)\) += (.*)$/;
/** Signals, ends of processes, and calls that never return. */
const noCall =
  /^\d+ +(---|\+\+\+|\w+\(.* <unfinished \.\.\.>\) += \?|(<\.\.\. )?exit(_group)?(\(| resumed>).*\) += \?)/;

/** A thread that was killed by its process's end before strace could ask what it was calling. */
const vanished = /^(\d+) +(?:<\.\.\. )?\?\?\?[ (]/;

/**
 * The output of `strace -f -o FILE`, in the order in which the calls began. Throws on a line that it cannot read: of the
 * first process every one, of delegates' threads all but those that vanished.
 */
export function parseStrace(text: string): readonly TracedCall[] {
  const open = new Map<string, { readonly args: string; readonly at: number }>();
  const calls: TracedCall[] = [];
  const first = /^\d+/.exec(text)?.[0];
  for (const [line, content] of text.split('\n').entries()) {
    if (content === '' || noCall.test(content)) continue;
    const gone = vanished.exec(content);
    if (gone !== null && gone[1] !== first) continue;
    const halfway = unfinished.exec(content);
    if (halfway !== null) {
      open.set(`${halfway[1]} ${halfway[2]}`, { args: halfway[3] ?? '', at: line });
      continue;
    }
    const rest = resumed.exec(content);
    const [, pid = '', name = '', args = '', result = ''] = rest ?? whole.exec(content) ?? [];
    if (name === '') throw new Error(`strace line ${line + 1}: ${content}`);
    const start = rest === null ? undefined : open.get(`${pid} ${name}`);
    open.delete(`${pid} ${name}`);
    const begun = start?.at ?? line;
    calls.push({ pid: Number(pid), name, args: `${start?.args ?? ''}${args}`, result, begun, ended: line });
  }
  return calls.sort((a, b) => a.begun - b.begun);
}

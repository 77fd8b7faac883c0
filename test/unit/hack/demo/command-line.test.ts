import { describe, expect, it } from 'vitest';
import { ClusterError } from '../../../../hack/cluster/cluster-error.ts';
import { helpText, parseCommandLine } from '../../../../hack/demo/command-line.ts';

describe("the demo's command line", () => {
  it('leaves the cluster named demo unless told otherwise', () => {
    expect(parseCommandLine([])).toEqual({ name: 'demo', down: false, help: false });
    expect(parseCommandLine(['--down', '--name=other'])).toEqual({ name: 'other', down: true, help: false });
  });

  it('names a mistake in one line', () => {
    for (const argv of [['--fast'], ['word'], ['--name']]) {
      expect(() => parseCommandLine(argv)).toThrow(ClusterError);
      expect(() => parseCommandLine(argv)).toThrow(/^[^\n]* see: node hack\/demo\/main\.ts --help$/);
    }
  });

  it('explains every option', () => {
    for (const option of ['--name', '--down', '--help']) expect(helpText).toContain(option);
  });
});

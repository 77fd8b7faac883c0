import { describe, expect, it } from 'vitest';
import { contextOf, netnsOf } from '../../../src/executor/record-context.ts';
import { recordOf, sandbox } from '../attachment/records.ts';

describe('what a delegate sees at an undo', () => {
  it('is what ADD saw, with the namespace of now, and new directories behind the old ones', () => {
    const record = recordOf([], { cniPath: '/a:/b', cniArgs: 'A=1' });
    const context = { containerId: 'c0ffee', netns: '/n', cniArgs: 'A=1', cniPath: ['/a', '/b', '/c'] };
    expect(contextOf(record, { netns: '/n', cniPath: ['/c', '/a'] })).toStrictEqual(context);
    expect(contextOf({ ...record, deviceInfoDir: '/d' }, { netns: '', cniPath: ['/c'] })).toStrictEqual({
      ...context,
      netns: '',
      deviceInfoDir: '/d',
    });
  });
});

describe('the namespace of a record', () => {
  const there = { stat: () => ({ ino: 1, kind: 'other' as const, size: 0, mtimeMs: 0 }) };
  const gone = { stat: () => undefined };

  it('is there in the boot of its ADD, while its path is', () => {
    expect(netnsOf(there, recordOf([]), 'boot-1')).toBe(sandbox.netns);
    expect(netnsOf(gone, recordOf([]), 'boot-1')).toBe('');
    expect(netnsOf(there, recordOf([]), 'boot-2')).toBe('');
  });

  it('that has no path is asked of nobody', () => {
    const stat = (): never => {
      throw new Error('asked');
    };
    const record = recordOf([], { sandbox: { ...sandbox, netns: '' } });
    expect(netnsOf({ stat }, record, 'boot-1')).toBe('');
  });
});

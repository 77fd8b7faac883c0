import { describe, expect, it } from 'vitest';
import { mountLines, parseMounts } from '../../harness/audit/mount-lines.ts';

const rows = [
  '27 1 254:0 / / rw,relatime - ext4 /dev/vda rw,discard',
  '42 27 0:41 /a\\040b /mnt/with\\040blank ro,relatime shared:1 master:7 - tmpfs tmpfs rw,size=4k',
  '43 27 0:4 net:[4026532201] /run/netns/pod rw shared:1 - nsfs nsfs rw',
  '44 27 0:4 /gone /cut',
];

describe('parseMounts', () => {
  it('reads root, point, flags, propagation, type and source, also after several optional fields', () => {
    expect(parseMounts(rows.join('\n'))).toEqual([
      { root: '/', point: '/', readOnly: false, propagation: '', type: 'ext4', source: '/dev/vda' },
      {
        root: '/a b',
        point: '/mnt/with blank',
        readOnly: true,
        propagation: 'shared,slave',
        type: 'tmpfs',
        source: 'tmpfs',
      },
      {
        root: 'net:[4026532201]',
        point: '/run/netns/pod',
        readOnly: false,
        propagation: 'shared',
        type: 'nsfs',
        source: 'nsfs',
      },
    ]);
  });
});

describe('mountLines', () => {
  it('is the same for a table whose mount, parent and peer group numbers differ', () => {
    const renumbered = rows.map((row) => row.replace(/^\d+ \d+/, '900 901').replace(/:(1|7) /g, ':8 '));
    expect(mountLines(renumbered.join('\n'))).toEqual(mountLines(rows.join('\n')));
  });

  it('tells a mount over a mount, a changed flag and a changed propagation', () => {
    const lines = mountLines(rows.join('\n'));
    expect(mountLines([...rows, rows[0]].join('\n'))).toHaveLength(lines.length + 1);
    expect(mountLines((rows[0] ?? '').replace('rw,relatime', 'ro,relatime'))).not.toContain(lines[0]);
    expect(mountLines((rows[0] ?? '').replace(' - ', ' shared:3 - '))).not.toContain(lines[0]);
  });
});

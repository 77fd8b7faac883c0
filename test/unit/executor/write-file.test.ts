import { describe, expect, it } from 'vitest';
import { SysError } from '../../../src/executor/sys.ts';
import { openMaking, removeFile, writeDurable, writeVolatile } from '../../../src/executor/write-file.ts';
import { MemorySys, type ProcessOptions } from '../../fakes/sys-memory/memory-sys.ts';
import { World } from '../../fakes/sys-memory/world.ts';

const path = '/var/lib/weft/a.json';

function textOf(world: World, file = path): string | undefined {
  return world.disk.find(file)?.bytes.toString();
}

/** A process of a world in which the directory is there already. */
function ready(options: ProcessOptions = {}): MemorySys {
  const world = new World();
  writeDurable(new MemorySys(world), path, 'old');
  return new MemorySys(world, options);
}

describe('a durable file', () => {
  it('is synced under another name before it takes its own, and the directory after that', () => {
    const sys = ready();
    writeDurable(sys, path, 'new');
    expect(sys.calls).toEqual([
      `open ${path}.tmp`,
      `write ${path}.tmp`,
      `fsync ${path}.tmp`,
      `close ${path}.tmp`,
      expect.stringMatching(/^rename /),
      'open /var/lib/weft',
      'fsync /var/lib/weft',
      'close /var/lib/weft',
    ]);
    expect(textOf(sys.world)).toBe('new');
  });

  it('is there after a power loss, with every directory that was made for it', () => {
    const world = new World();
    writeDurable(new MemorySys(world), '/var/lib/weft/deep/er/a.json', 'new');
    world.powerLoss('none');
    expect(textOf(world, '/var/lib/weft/deep/er/a.json')).toBe('new');
  });

  it.each([
    ['open', 0],
    ['write', 1],
    ['fsync', 2],
    ['rename', 4],
  ] as const)(
    'that cannot be written (%s) stays as it was, and nothing of the new one is left',
    (_, call) => {
      const sys = ready({ fail: { call, errno: 'ENOSPC' } });
      expect(() => writeDurable(sys, path, 'new')).toThrow('ENOSPC');
      expect(sys.world.disk.files('/var/lib/weft')).toEqual([path]);
      expect(textOf(sys.world)).toBe('old');
      expect(sys.calls.filter((one) => one.startsWith('close'))).toHaveLength(call === 0 ? 0 : 1);
    },
  );

  it('closes its directory also where that cannot be synced', () => {
    const sys = ready({ fail: { call: 6, errno: 'EIO' } });
    expect(() => writeDurable(sys, path, 'new')).toThrow('EIO');
    expect(sys.calls.at(-1)).toBe('close /var/lib/weft');
  });
});

describe('a volatile file', () => {
  it('takes its name whole, and waits for no disk', () => {
    const sys = ready();
    writeVolatile(sys, path, 'new');
    expect(textOf(sys.world)).toBe('new');
    expect(sys.calls.filter((call) => call.startsWith('fsync'))).toEqual([]);
  });
});

describe('a file that may be created', () => {
  it('gets the directories that are missing, each synced into the one above', () => {
    const world = new World();
    world.disk.plantDirectory('/var/lib');
    const sys = new MemorySys(world);
    openMaking(sys, '/var/lib/weft/new/a', 'append');
    expect(sys.calls.filter((call) => /^(mkdir|fsync)/.test(call))).toEqual([
      'mkdir /var/lib/weft/new',
      'mkdir /var/lib/weft',
      'fsync /var/lib',
      'mkdir /var/lib/weft/new',
      'fsync /var/lib/weft',
    ]);
  });

  it('finds a directory that another process has made meanwhile', () => {
    const world = new World();
    const sys = new (class extends MemorySys {
      override mkdir(made: string, mode: number): void {
        world.disk.plantDirectory(made);
        super.mkdir(made, mode);
      }
    })(world);
    openMaking(sys, '/var/lib/weft/a', 'append');
    expect(textOf(world, '/var/lib/weft/a')).toBe('');
  });

  it.each(['ENOSPC', 'ENOENT'])('fails where its directories cannot be made: %s', (errno) => {
    const sys = new (class extends MemorySys {
      override mkdir(made: string): void {
        throw new SysError(errno, 'mkdir', made);
      }
    })(new World());
    expect(() => openMaking(sys, '/weft/new/a', 'append')).toThrow(errno);
  });

  it('makes nothing where it cannot be opened for another reason', () => {
    const sys = ready({ fail: { call: 0, errno: 'EACCES' } });
    expect(() => openMaking(sys, path, 'append')).toThrow('EACCES');
    expect(sys.calls).toHaveLength(1);
  });
});

describe('removing a file', () => {
  it('is done where it is not there, also on a read-only file system', () => {
    const plain = ready();
    removeFile(plain, path);
    removeFile(plain, path);
    expect(textOf(plain.world)).toBeUndefined();
    const broken = new MemorySys(plain.world, { broken: { directory: '/var/lib/weft', errno: 'EROFS' } });
    expect(() => removeFile(broken, path)).not.toThrow();
  });

  it('fails where it is there and cannot be removed, unless nobody wants to know', () => {
    const broken = ready({ broken: { directory: '/var/lib/weft', errno: 'EROFS' } });
    expect(() => removeFile(broken, path)).toThrow('EROFS');
    expect(() => removeFile(broken, path, true)).not.toThrow();
    expect(() => removeFile(ready({ fail: { call: 0, errno: 'EACCES' } }), path)).toThrow('EACCES');
    expect(textOf(broken.world)).toBe('old');
  });
});

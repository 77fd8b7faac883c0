import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { filesByServer } from '../../../hack/test/api-files.ts';

describe('the files of the tier api', () => {
  let root = '';
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'weft-api-files-'));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  function put(file: string, text: string): void {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  }

  it('share the server that they ask for, and run beside the others, each in one of the two', () => {
    put('test/api/b.test.ts', 'const address = inject(adminServer);');
    put('test/api/a.test.ts', 'const server = await ApiServer.start([]);');
    put('test/api/below/c.test.ts', 'inject(adminServer)');
    put('test/api/room.ts', 'inject(adminServer)');
    put('test/net/d.test.ts', 'inject(adminServer)');
    expect(filesByServer(root)).toEqual({
      shared: ['api/b.test.ts', 'api/below/c.test.ts'],
      own: ['api/a.test.ts'],
    });
  });
});

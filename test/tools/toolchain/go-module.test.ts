import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ScratchCache } from './scratch-cache.ts';

const toolchain = join(import.meta.dirname, '..', '..', '..', 'hack', 'toolchain');
const library = `source ${toolchain}/go-module.sh`;

let cache: ScratchCache;
beforeEach(() => {
  cache = new ScratchCache();
});
afterEach(() => cache.dispose());

describe('the question for a version', () => {
  it.each(['tool v1.36.3', 'tool v1.36.3 linux/amd64', 'first\ntool v1.36.3\nlast'])(
    'accepts %j',
    async (said) => {
      cache.putProgram('tool', `printf '%s\\n' '${said}'`);
      expect(await cache.run(`${library}; says ${cache.bin}/tool 'tool v1.36.3' --version`)).toMatchObject({
        status: 0,
      });
    },
  );

  it.each(['tool v1.36.30', 'tool v1.36.3-rc.1', 'tool v1.36.3+vendor', 'tool v1.35.9', ''])(
    'refuses %j',
    async (said) => {
      cache.putProgram('tool', `printf '%s\\n' '${said}'`);
      const asked = await cache.run(`${library}; says ${cache.bin}/tool 'tool v1.36.3' --version`);
      expect(asked).toMatchObject({
        status: 1,
        stdout: `tool --version says '${said}', not 'tool v1.36.3'\n`,
      });
    },
  );
});

describe('a script of hack/toolchain', () => {
  it('takes the program on PATH that says the version of go.mod, and builds nothing', async () => {
    const version = (await cache.run(`${library}; go_version kind sigs.k8s.io/kind`)).stdout.trim();
    expect(version).toMatch(/^v\d+\.\d+\.\d+$/u);
    cache.putProgram('kind', `[ "$1" = version ] && echo 'kind ${version} go1.26 linux/amd64'`);
    const found = await cache.run(`exec ${toolchain}/kind.sh`);
    expect(found).toMatchObject({ status: 0, stderr: '' });
    expect(found.stdout).toMatch(/\/weft\/kind\/path-[0-9a-f]{16}\n$/u);
  });

  it('says which program on PATH has another version before it builds one', async () => {
    cache.putProgram('kind', "echo 'kind v0.1.0 go1.9 linux/amd64'");
    // A Go that answers `go env` but builds nothing, so that this takes no minute.
    cache.putProgram('go', '[ "$1" = env ]');
    const failed = await cache.run(`exec ${toolchain}/kind.sh`);
    expect(failed).toMatchObject({ status: 1, stdout: '' });
    expect(failed.stderr).toContain(`kind: on PATH, but not in the wanted version: ${cache.bin}/kind\n`);
    expect(failed.stderr).toContain('kind: the build failed\n');
  });
});

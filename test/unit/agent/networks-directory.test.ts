import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NetworksDirectory } from '../../../src/agent/sources/networks-directory.ts';
import type { NetworkAttachmentDefinition } from '../../../src/api/network-attachment-definition.ts';
import { systemClock } from '../../../src/daemon/clock.ts';
import type { Log } from '../../../src/daemon/log.ts';
import { silentLog } from '../../../src/daemon/log.ts';
import { WeftError } from '../../../src/errors/weft-error.ts';

let root: string;
let warnings: string[];
let source: NetworksDirectory;

beforeEach(() => {
  root = mkdtempSync(`${tmpdir()}/weft-networks-`);
  warnings = [];
  const log: Log = { ...silentLog, warn: (fields) => warnings.push(String(fields['problem'])) };
  source = new NetworksDirectory(root, systemClock, log);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function put(name: string, text: string): void {
  writeFileSync(`${root}/${name}`, text);
}

function yaml(name: string, config = '{"type":"ptp"}', namespace?: string): string {
  const metadata = namespace === undefined ? `{name: ${name}}` : `{name: ${name}, namespace: ${namespace}}`;
  return `apiVersion: k8s.cni.cncf.io/v1\nkind: NetworkAttachmentDefinition\nmetadata: ${metadata}\nspec:\n  config: '${config}'\n`;
}

async function find(name: string, namespace = 'default'): Promise<NetworkAttachmentDefinition | undefined> {
  return (await source.current())(namespace, name);
}

async function refusal(name: string): Promise<WeftError> {
  try {
    await find(name);
  } catch (error) {
    if (error instanceof WeftError) return error;
    throw error;
  }
  throw new Error('it was found');
}

describe('the networks directory', () => {
  it('reads several documents a file, lists and JSON, and gives the default namespace', async () => {
    put('a.yaml', `${yaml('one')}---\n# nothing here\n---\n${yaml('two', '{"type":"a"}', 'blue')}`);
    put(
      'b.yml',
      `kind: List\napiVersion: v1\nitems:\n- ${yaml('three').trimEnd().replaceAll('\n', '\n  ')}\n`,
    );
    put(
      'c.json',
      '{"apiVersion":"k8s.cni.cncf.io/v1","kind":"NetworkAttachmentDefinition","metadata":{"name":"four"}}',
    );
    put('d.txt', 'not ours');
    put('.hidden.yaml', '[');
    expect((await find('one'))?.metadata.namespace).toBe('default');
    expect((await find('two', 'blue'))?.spec?.config).toBe('{"type":"a"}');
    expect(await find('two')).toBeUndefined();
    expect(await find('three')).toBeDefined();
    expect((await find('four'))?.spec).toBeUndefined();
    expect(warnings).toEqual([]);
  });

  it('sees every change, even one of the same length within the same tick', async () => {
    const stamp = new Date();
    for (const type of ['aa', 'bb', 'cc', 'dd']) {
      put(
        'a.json',
        JSON.stringify({
          apiVersion: 'k8s.cni.cncf.io/v1',
          kind: 'NetworkAttachmentDefinition',
          metadata: { name: 'a' },
          spec: { config: `{"type":"${type}"}` },
        }),
      );
      utimesSync(`${root}/a.json`, stamp, stamp);
      expect((await find('a'))?.spec?.config).toContain(type);
    }
  });

  it('sees a file that goes', async () => {
    put('a.yaml', yaml('a'));
    expect(await find('a')).toBeDefined();
    rmSync(`${root}/a.yaml`);
    expect(await find('a')).toBeUndefined();
  });

  it('lets a broken file hide nothing but its own, says where it is broken, and says it once', async () => {
    put('a.yaml', yaml('a'));
    put('b.yaml', 'kind: [\n  unclosed');
    expect(await find('a')).toBeDefined();
    await find('a');
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(/^b\.yaml: line \d+, column \d+: /);
    const error = await refusal('b');
    expect(error.reason).toBe('NetworkNotFound');
    expect(error.message).toContain('b.yaml');
  });

  it('says of a network whose file broke that it is invalid, and finds it again after the repair', async () => {
    put('a.yaml', yaml('a'));
    expect(await find('a')).toBeDefined();
    put('a.yaml', 'kind: [');
    await find('other').catch(() => {});
    expect(await refusal('a')).toMatchObject({ reason: 'NetworkInvalid' });
    expect((await refusal('a')).message).toContain('a.yaml');
    put('a.yaml', yaml('a'));
    expect(await find('a')).toBeDefined();
  });

  it('refuses a network that two files define, naming both, and serves it from the one that is left', async () => {
    put('a.yaml', yaml('a'));
    put('b.yaml', yaml('a'));
    const error = await refusal('a');
    expect(error.reason).toBe('NetworkInvalid');
    expect(error.message).toMatch(/a\.yaml.*b\.yaml/);
    rmSync(`${root}/b.yaml`);
    expect(await find('a')).toBeDefined();
  });

  it('refuses one faulty document with its field and serves its neighbours', async () => {
    put(
      'a.yaml',
      `${yaml('good')}---\n${yaml('bad').replace("config: '", "config: # '")}---\n${yaml('typed').replace(/config: .*/, 'config: 7')}`,
    );
    expect(await find('good')).toBeDefined();
    const error = await refusal('typed');
    expect(error.reason).toBe('NetworkInvalid');
    expect(error.message).toMatch(/a\.yaml.*spec\.config/);
  });

  it('names objects of other kinds as left alone', async () => {
    put('a.yaml', `${yaml('a')}---\napiVersion: v1\nkind: Namespace\nmetadata: {name: x}\n`);
    expect(await find('a')).toBeDefined();
    expect(warnings).toEqual(['a.yaml: 1 objects of other kinds are left alone']);
  });

  it('refuses everything with the reason while the directory cannot be read, and goes on later', async () => {
    rmSync(root, { recursive: true });
    const error = await refusal('a');
    expect(error.reason).toBe('NetworkNotFound');
    expect(error.message).toContain('ENOENT');
    expect(source.missing).toContain('ENOENT');
    mkdirSync(root);
    put('a.yaml', yaml('a'));
    expect(await find('a')).toBeDefined();
    expect(source.missing).toBeUndefined();
  });

  it('does not block on a FIFO, nor take what is not UTF-8', async () => {
    execFileSync('mkfifo', [`${root}/a.yaml`]);
    writeFileSync(`${root}/b.yaml`, Buffer.from([0x61, 0xff]));
    await find('x').catch(() => {});
    expect(warnings.join()).toContain('a.yaml: it is no regular file');
    expect(warnings.join()).toContain('b.yaml: it is not UTF-8');
  });

  it('bounds what aliases may multiply', async () => {
    const levels = Array.from(
      { length: 9 },
      (_, index) => `a${index + 1}: &a${index + 1} [${Array(9).fill(`*a${index}`).join(',')}]`,
    );
    put('a.yaml', `a0: &a0 [x,x,x,x,x,x,x,x,x]\n${levels.join('\n')}\n`);
    await find('x').catch(() => {});
    expect(warnings.join()).toContain('a.yaml');
  });
});

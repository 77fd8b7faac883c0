import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ScriptedBin } from '../../fakes/scripted-delegate/scripted-delegate.ts';
import { expectReadable } from '../../harness/refusal.ts';
import { type RunEnd, run } from '../../harness/run.ts';
import { TestNode } from '../../harness/sandbox.ts';
import { cniPluginsDir, weftBinary } from '../../harness/toolchain.ts';

const types = ['alpha', 'beta', 'gamma'];

let node: TestNode;
let bin: ScriptedBin;
beforeAll(() => {
  node = TestNode.create({ network: false });
  bin = new ScriptedBin(node.dirs.bin);
  bin.install(...types);
});
beforeEach(() => {
  bin.clearLog();
  for (const type of types) answer(type, { cniVersion: '1.1.0', supportedVersions: ['0.4.0', '1.0.0'] });
});
afterAll(() => node.dispose());

/** What a plugin answers to VERSION. */
function answer(type: string, reply: object): void {
  bin.scriptFor(type, [`VERSION: print ${JSON.stringify(reply)}`]);
}

function fail(type: string, code: number, msg: string): void {
  bin.scriptFor(type, [`VERSION: error ${code} ${msg}`]);
}

function file(name: string, content: object | string): string {
  const path = join(node.dirs.networkConf, name);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

function network(name: string, cniVersion: string, plugins: readonly string[] = types): string {
  return file(`${name}.conflist`, { cniVersion, name, plugins: plugins.map((type) => ({ type })) });
}

function validate(files: readonly string[], binDir: string = node.dirs.bin): Promise<RunEnd> {
  return run([weftBinary(), 'validate', '--bin-dir', binDir, ...files], { env: {} });
}

/** What it complained of, each fit to be read. */
function complaints(end: RunEnd): readonly string[] {
  const lines = end.stderr.split('\n').filter((line) => line.startsWith('error: '));
  for (const line of lines) expectReadable(line.slice(line.indexOf(': ', 8) + 2));
  return lines;
}

describe('weft validate', () => {
  it('finds networks whose plugins are there and speak their version [CNI-215]', async () => {
    const files = [
      network('one', '1.0.0'),
      file('two.conf', { cniVersion: '0.4.0', name: 'two', type: 'beta' }),
    ];
    const end = await validate(files);
    expect(end).toMatchObject({ status: 0, stderr: '' });
    expect(end.stdout.split('\n')).toEqual([
      `${files[0]}: network one, version 1.0.0, plugins alpha, beta, gamma`,
      `${files[1]}: network two, version 0.4.0, plugins beta`,
      '',
    ]);
    expect(bin.trace()).toEqual([
      'VERSION alpha dummy',
      'VERSION beta dummy',
      ...['gamma', 'beta'].map((type) => `VERSION ${type} dummy`),
    ]);
  });

  it('shows all problems of all files at once [CNI-215]', async () => {
    answer('alpha', { cniVersion: '1.1.0', supportedVersions: ['0.4.0'] });
    fail('gamma', 100, 'is broken');
    chmodSync(join(node.dirs.bin, 'beta'), 0o644);
    const end = await validate([
      network('bad', '1.0.0', ['alpha', 'nosuch', 'beta', 'gamma']),
      file('no.conflist', '{"name":'),
      join(node.dirs.networkConf, 'absent'),
      network('good', '0.4.0', ['alpha']),
    ]);
    chmodSync(join(node.dirs.bin, 'beta'), 0o755);
    expect(end.status).toBe(1);
    expect(end.stdout).toContain('good.conflist: network good, version 0.4.0, plugins alpha\n');
    const shown = complaints(end);
    const wanted = [
      ['bad.conflist', 'network bad', 'plugin alpha does not speak 1.0.0, only 0.4.0'],
      ['bad.conflist', 'network bad', 'plugin "nosuch" is not in'],
      ['bad.conflist', 'network bad', 'beta', 'EACCES'],
      ['bad.conflist', 'network bad', 'plugin gamma: is broken'],
      ['no.conflist', 'not JSON'],
      ['absent', 'ENOENT'],
    ];
    expect(shown).toHaveLength(wanted.length);
    for (const [index, texts] of wanted.entries()) {
      for (const text of texts) expect(shown[index]).toContain(text);
    }
  });

  it.each<[string, string, object | undefined, string]>([
    ['the version exactly', '1.0.0', { cniVersion: '1.0.0', supportedVersions: ['1.0', '1.1.0'] }, '1.0.0'],
    [
      '0.1.0 where the network names none',
      '',
      { cniVersion: '1.0.0', supportedVersions: ['0.2.0'] },
      '0.1.0',
    ],
    ['a reply with a version', '1.0.0', { supportedVersions: ['1.0.0'] }, 'cniVersion is missing'],
    ['a reply with versions', '1.0.0', { cniVersion: '1.0.0' }, 'supportedVersions is missing'],
    [
      'versions that are strings',
      '1.0.0',
      { cniVersion: '1.0.0', supportedVersions: [1] },
      'supportedVersions[0]',
    ],
    ['a reply', '1.0.0', undefined, 'what it printed is no JSON object'],
  ])('wants %s [CNI-215]', async (_what, version, reply, says) => {
    if (reply === undefined) bin.scriptFor('alpha', ['VERSION: print hello']);
    else answer('alpha', reply);
    const end = await validate([network('one', version, ['alpha'])]);
    expect(end.status).toBe(1);
    expect(complaints(end)).toEqual([expect.stringContaining(says)]);
  });

  it('asks as libcni does, and takes a plugin that knows no VERSION for one of 0.1.0 only [CNI-262]', async () => {
    fail('alpha', 4, 'unknown CNI_COMMAND: VERSION');
    expect((await validate([network('old', '0.1.0', ['alpha'])])).status).toBe(0);
    const newer = await validate([network('new', '0.2.0', ['alpha'])]);
    expect(complaints(newer)).toEqual([expect.stringContaining('does not speak 0.2.0, only 0.1.0')]);
    fail('alpha', 4, 'unknown CNI_COMMAND: VERSIONS');
    expect((await validate([network('old', '0.1.0', ['alpha'])])).status).toBe(1);
    answer('alpha', { cniVersion: '0.2.0' });
    expect((await validate([network('old', '0.1.0', ['alpha'])])).status).toBe(0);
    expect((await validate([network('old', '0.2.0', ['alpha'])])).status).toBe(0);
    for (const { env, stdin } of bin.calls()) {
      expect(JSON.parse(stdin.toString())).toEqual({ cniVersion: '1.1.0' });
      expect(env).toMatchObject({
        CNI_CONTAINERID: '',
        CNI_NETNS: 'dummy',
        CNI_IFNAME: 'dummy',
        CNI_ARGS: '',
      });
    }
  });

  it('kills a plugin that does not answer', { timeout: 20_000 }, async () => {
    bin.scriptFor('alpha', ['VERSION: hang']);
    const end = await validate([network('slow', '1.0.0', ['alpha'])]);
    expect(end.ms).toBeLessThan(9000);
    expect(complaints(end)).toEqual([expect.stringContaining('did not end in time')]);
  });

  it('understands the reference plugins [CNI-215]', async () => {
    const files = ['0.1.0', '0.4.0', '1.1.0'].map((version) =>
      network(`real-${version}`, version, ['bridge', 'tuning', 'portmap']),
    );
    expect(await validate(files, cniPluginsDir())).toMatchObject({ status: 0, stderr: '' });
    const firewall = await validate([network('wall', '0.3.1', ['bridge', 'firewall'])], cniPluginsDir());
    expect(complaints(firewall)).toEqual([expect.stringContaining('plugin firewall does not speak 0.3.1')]);
  });

  it('wants a file', async () => {
    const end = await run([weftBinary(), 'validate'], { env: {} });
    expect(end.status).toBe(1);
    expect(end.stderr).toContain('no file is named');
  });
});

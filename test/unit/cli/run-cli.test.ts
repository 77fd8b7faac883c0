import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { runCli } from '../../../src/cli/run-cli.ts';
import { RecordedTerminal } from '../../fakes/recorded-terminal.ts';
import { expectReadable } from '../../harness/refusal.ts';
import { fixturePath } from './import-fixture.ts';

// client-node takes a busy machine many seconds to load, which no single test has.
beforeAll(async () => {
  await import('../../../src/cli/cluster.ts');
}, 60_000);

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'weft-cli-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

interface End {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `kubectl weft …` with this on standard input. */
async function weft(args: readonly string[], stdin = ''): Promise<End> {
  const terminal = new RecordedTerminal(stdin, { HOME: directory });
  const status = await runCli(args, terminal);
  return { status, stdout: terminal.stdout, stderr: terminal.stderr };
}

function importing(...args: readonly string[]): readonly string[] {
  return ['import', 'multus', ...args];
}

/** The message of an end with an error. */
function messageOf({ stderr }: End): string {
  const message = /^error: (.*) \(reason (\w+)\)\n$/m.exec(stderr)?.[1] ?? '';
  expectReadable(message);
  return message;
}

describe('kubectl weft import multus', () => {
  it('prints the WeftConfig to standard output and the report to standard error', async () => {
    const end = await weft(importing('-f', fixturePath('thick.yaml')));
    expect(end.status).toBe(0);
    expect(parse(end.stdout)).toMatchObject({
      kind: 'WeftConfig',
      spec: { defaultNetworks: ['networks/storage'] },
    });
    expect(end.stderr).toMatch(/^KEY +VALUE +BECOMES +NOTE\n/);
    expect(end.stderr).toContain('arguments in its DaemonSet: --metrics-address=:9091 --max-plans=40');
  });

  it('prints several objects as documents of YAML, or as one list of JSON', async () => {
    const file = fixturePath('thin-file.yaml');
    const yaml = await weft(importing('--filename', file));
    const documents = parseAllDocuments(yaml.stdout).map((document) => document.toJS() as { kind: string });
    expect(documents.map(({ kind }) => kind)).toEqual([
      'NetworkAttachmentDefinition',
      'NetworkAttachmentDefinition',
      'WeftConfig',
    ]);
    const json = await weft(importing('-f', file, '-o', 'json'));
    expect(JSON.parse(json.stdout)).toEqual({ apiVersion: 'v1', kind: 'List', items: documents });
  });

  it('with --dry-run prints the report only, as a table or as JSON', async () => {
    const table = await weft(importing('-f', fixturePath('shim.conf'), '--dry-run'));
    expect(table.status).toBe(0);
    expect(table.stdout).toMatch(/^KEY /);
    expect(table.stdout).not.toContain('WeftConfig');
    const json = await weft(importing('-f', fixturePath('shim.conf'), '--dry-run', '-o', 'json'));
    const { rows } = JSON.parse(json.stdout) as { rows: readonly { key: string; becomes: string }[] };
    expect(rows).toHaveLength(9);
    expect(rows).toContainEqual(
      expect.objectContaining({ key: 'type', verdict: 'nothing', value: 'multus-shim' }),
    );
  });

  it('names the source of each key where there are several', async () => {
    const daemon = join(directory, 'daemon-config.json');
    writeFileSync(daemon, '{"logLevel": "debug"}');
    const end = await weft(importing('-f', fixturePath('shim.conf'), '-f', daemon, '--dry-run'));
    expect(end.stdout).toMatch(/^SOURCE +KEY/);
    expect(end.stdout).toMatch(/^daemon-config\.json +logLevel +"debug" +weft-agent --log-level=debug$/m);
    expect(end.stdout).toMatch(/^shim\.conf +logLevel +"verbose" +nothing +daemon-config\.json says it/m);
  });

  it('hands nothing out where a key is not supported, and ends with 1', async () => {
    const file = fixturePath('00-multus.conflist');
    const out = join(directory, 'out.yaml');
    const end = await weft(importing('-f', file, '--output-file', out));
    expect(end).toMatchObject({ status: 1, stdout: '' });
    expect(messageOf(end)).toContain('plugins[1]');
    expect(end.stderr).toContain('NOT SUPPORTED');
    expect(readdirSync(directory)).toEqual([]);
    expect(await weft(importing('-f', file, '--dry-run'))).toMatchObject({ status: 1 });
    const allowed = await weft(importing('-f', file, '--allow-unsupported'));
    expect(allowed.status).toBe(0);
    expect(parse(allowed.stdout)).toMatchObject({ kind: 'WeftConfig' });
  });

  it('writes a file as a whole, in the place of an older one, and leaves nothing else', async () => {
    const out = join(directory, 'out.yaml');
    writeFileSync(out, 'old');
    const end = await weft(
      importing('-f', '-', '--output-file', out),
      '{"type": "multus", "clusterNetwork": "a"}',
    );
    expect(end).toMatchObject({ status: 0, stdout: '' });
    expect(parse(readFileSync(out, 'utf8'))).toMatchObject({ spec: { defaultNetwork: 'kube-system/a' } });
    expect(readdirSync(directory)).toEqual(['out.yaml']);
    const failed = await weft(
      importing('-f', fixturePath('shim.conf'), '--output-file', join(directory, 'no/out')),
    );
    expect(failed.status).toBe(1);
    expect(messageOf(failed)).toContain('ENOENT');
  });

  it('finds the default network of a node in the files beside', async () => {
    const own = join(directory, '00-multus.conf');
    writeFileSync(own, readFileSync(fixturePath('00-multus.conf')));
    writeFileSync(
      join(directory, '10-calico.conflist'),
      '{"cniVersion": "0.4.0", "name": "k8s-pod-network", "plugins": [{"type": "ptp"}]}',
    );
    const end = await weft(importing('-f', own));
    expect(parse(end.stdout)).toMatchObject({
      kind: 'WeftConfig',
      spec: { defaultNetwork: 'k8s-pod-network' },
    });
  });

  it.each([
    ['line 2, column 25: expected', '{\n  "delegates": [{"type" "bridge"}]\n}'],
    ['it ends there', '{"type": "multus"'],
    ['this is no configuration of Multus', '{"type": "bridge"}'],
    ['plugins has none of type multus', '{"name": "a", "plugins": [{"type": "bridge"}]}'],
    ['at line 2, column 1', 'kind: DaemonSet\nkind: ConfigMap\n'],
    ['neither JSON nor a manifest', 'kind: Service\n'],
    ['neither JSON nor a manifest', '[1, 2]'],
    ['it is empty', ' \n'],
    ['no container runs thin_entrypoint', 'kind: DaemonSet\nmetadata: {name: kube-multus-ds}\n'],
    [
      'which is in no ConfigMap',
      'kind: DaemonSet\nspec: {template: {spec: {containers: [{command: [multus-daemon]}]}}}',
    ],
    ['namespaceIsolation must be true or false, not 1', '{"type": "multus", "namespaceIsolation": 1}'],
  ])('ends with 2 and names the fault: %s', async (words, stdin) => {
    const end = await weft(importing('-f', '-'), stdin);
    expect(end).toMatchObject({ status: 2, stdout: '' });
    expect(messageOf(end)).toContain(words);
    expect(end.stderr.trim().split('\n')).toHaveLength(1);
  });

  it('ends with 2 where a file is not there', async () => {
    const end = await weft(importing('-f', join(directory, 'gone.conf')));
    expect(end.status).toBe(2);
    expect(messageOf(end)).toContain('gone.conf: ENOENT');
  });

  it('ends with 2 where there is no kubeconfig', async () => {
    const end = await weft(importing());
    expect(end.status).toBe(2);
    expect(messageOf(end)).toContain('there is no kubeconfig');
  });
});

describe('the command line', () => {
  it.each([
    [[], ''],
    [['import'], ' import'],
    [importing(), ' import multus'],
    [['networks'], ' networks'],
    [['pods'], ' pods'],
    [['nodes'], ' nodes'],
    [['version'], ' version'],
  ])('explains itself with --help: %j', async (args, name) => {
    const end = await weft([...args, '--help']);
    expect(end).toMatchObject({ status: 0, stderr: '' });
    expect(end.stdout).toContain(`Usage: kubectl weft${name} [`);
  });

  it.each(['import multus', 'lint', 'networks', 'pods', 'nodes', 'version'])(
    'has examples and the exit statuses in the help of %s',
    async (command) => {
      const { stdout } = await weft([...command.split(' '), '--help']);
      expect(stdout).toMatch(/Examples:\n {2}# /);
      expect(stdout).toMatch(/Exit status: 0[;,]/);
    },
  );

  it.each(['networks', 'pods', 'nodes', 'version'])('needs a kubeconfig for %s', async (command) => {
    const end = await weft([command]);
    expect(end).toMatchObject({ status: 2, stdout: '' });
    expect(messageOf(end)).toContain('there is no kubeconfig');
  });

  it('says its version', async () => {
    const version = readFileSync('VERSION', 'utf8');
    expect(await weft(['--version'])).toMatchObject({ status: 0, stdout: version });
    const client = await weft(['version', '--client']);
    expect(client).toEqual({ status: 0, stdout: `Client Version: ${version}`, stderr: '' });
    const json = await weft(['version', '--client', '-o', 'json']);
    expect(JSON.parse(json.stdout)).toEqual({ client: version.trim() });
  });

  it.each([
    [['imprt'], "unknown command 'imprt'"],
    [importing('--unknown'), "unknown option '--unknown'"],
    [importing('-o', 'xml'), 'Allowed choices are yaml, json'],
    [['pods', '-o', 'xml'], 'Allowed choices are table, wide, json, yaml, name'],
    [['networks', '--unknown'], "unknown option '--unknown'"],
    [importing('--dry-run=maybe'), 'Allowed choices are none, client, server'],
    [importing('--default-network', ''), 'must not be empty'],
    [importing('--request-timeout=soon'), 'must be like 30s or 1m'],
    [importing('stray'), 'too many arguments'],
    [importing('-f'), 'argument missing'],
  ])('ends with 2 and says what is wrong with %j', async (args, words) => {
    const end = await weft(args);
    expect(end).toMatchObject({ status: 2, stdout: '' });
    expect(end.stderr).toContain(words);
    expect(end.stderr).toContain('--help');
    expect(end.stderr).not.toMatch(/\n\s+at /);
  });
});

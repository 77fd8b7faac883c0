import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCli } from '../../../src/cli/run-cli.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'weft-lint-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

interface Run {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

async function lint(args: readonly string[], stdin = ''): Promise<Run> {
  const out: string[] = [];
  const err: string[] = [];
  const terminal = {
    env: {},
    out: (text: string) => void out.push(text),
    err: (text: string) => void err.push(text),
    stdin: () => Promise.resolve(stdin),
  };
  const status = await runCli(['lint', ...args], terminal);
  return { status, out: out.join(''), err: err.join('') };
}

function file(name: string, text: string): string {
  const path = join(directory, name);
  writeFileSync(path, text);
  return path;
}

function nad(name: string, config: string): string {
  return `apiVersion: k8s.cni.cncf.io/v1
kind: NetworkAttachmentDefinition
metadata: {name: ${name}, namespace: team}
spec:
  config: '${config}'
`;
}

const goodConfig = '{"cniVersion":"1.0.0","type":"macvlan","master":"eth0","ipam":{"type":"dhcp"}}';

describe('kubectl weft lint', () => {
  it('is silent about a network without faults, and ends with 0', async () => {
    const run = await lint([file('a.yaml', nad('a', goodConfig))]);
    expect(run).toEqual({ status: 0, out: '', err: '1 object checked: 0 errors, 0 warnings, 0 notes\n' });
  });

  it('prints a line for each finding of several documents, with file, object, code, path and sentence, and ends with 1', async () => {
    const path = file(
      'a.yaml',
      `${nad('good', goodConfig)}---\n${nad('bad', '{"plugins":[{"type:":"macvlan"}]}')}`,
    );
    const { status, out, err } = await lint([path]);
    expect(status).toBe(1);
    const [head, line, ...rest] = out.trimEnd().split('\n');
    expect(head?.split(/ {3,}/)).toEqual(['FILE', 'OBJECT', 'SEVERITY', 'CODE', 'PATH', 'MESSAGE']);
    expect(line?.split(/ {3,}/)).toEqual([
      path,
      'NetworkAttachmentDefinition team/bad',
      'error',
      'MistypedKey',
      'spec.config.plugins[0]["type:"]',
      'the key "type:" is unknown; write "type"',
    ]);
    expect(rest).toEqual([]);
    expect(err).toContain('2 objects checked: 1 error');
    expect(err).toContain('(reason LintErrors)');
  });

  it('prints JSON with -o json, also where nothing was found', async () => {
    expect((await lint(['-o', 'json', file('a.yaml', nad('a', goodConfig))])).out).toBe('[]\n');
    const { out } = await lint([
      '-o',
      'json',
      file('b.yaml', nad('b', '{"type":"vlan","master":"eth0","vlanId":5000,"ipam":{"type":"dhcp"}}')),
    ]);
    expect(JSON.parse(out)).toMatchObject([
      {
        object: 'NetworkAttachmentDefinition team/b',
        severity: 'error',
        code: 'InvalidVlan',
        path: 'spec.config.vlanId',
      },
    ]);
  });

  it('checks pods, templates of pods and lists, and finds the annotation that stands above the template', async () => {
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p', annotations: { 'k8s.v1.cni.cncf.io/networks': 'a b' } },
    };
    const deployment = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'd', namespace: 'team', annotations: { 'k8s.v1.cni.cncf.io/networks': 'a' } },
      spec: { template: { metadata: { annotations: { 'k8s.v1.cni.cncf.io/networks': '[{"nane":"a"}]' } } } },
    };
    const cron = {
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      metadata: { name: 'c' },
      spec: {
        jobTemplate: {
          spec: { template: { metadata: { annotations: { 'k8s.v1.cni.cncf.io/networks': ['a'] } } } },
        },
      },
    };
    const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [pod, deployment, cron] });
    const { status, out } = await lint(['-o', 'json', '-'], list);
    expect(status).toBe(1);
    const annotation = 'metadata.annotations["k8s.v1.cni.cncf.io/networks"]';
    expect(JSON.parse(out)).toMatchObject([
      {
        file: 'standard input',
        object: 'Pod default/p',
        code: 'InvalidAnnotation',
        path: `${annotation}[0]`,
      },
      { object: 'Deployment team/d', severity: 'warning', code: 'MisplacedKey', path: annotation },
      { object: 'Deployment team/d', code: 'MistypedKey', path: `spec.template.${annotation}[0].nane` },
      {
        object: 'CronJob default/c',
        code: 'InvalidObject',
        path: `spec.jobTemplate.spec.template.${annotation}`,
      },
    ]);
  });

  it.each(['10-a.conf', '10-a.conflist', '10-a.json'])(
    'checks a configuration of a node in %s',
    async (name) => {
      const { status, out } = await lint([
        '-o',
        'json',
        file(name, '{"cniVersion":"1.0.0","type":"bridge","mtu":"1500"}'),
      ]);
      expect(status).toBe(1);
      expect(JSON.parse(out)).toContainEqual(
        expect.objectContaining({ object: 'CNI configuration', code: 'WrongType', path: 'mtu' }),
      );
    },
  );

  it('wants a name in a configuration of a node, and says where its JSON ends', async () => {
    const nameless = await lint(['-o', 'json', file('a.conf', '{"cniVersion":"1.0.0","type":"bridge"}')]);
    expect(JSON.parse(nameless.out)).toContainEqual(
      expect.objectContaining({ code: 'MissingKey', path: 'name' }),
    );
    const broken = await lint([file('b.conflist', '{\n "type": "bridge",\n}')]);
    expect(broken.status).toBe(1);
    expect(broken.out).toContain('line 3, column 1');
  });

  it('compares the networks among each other, and fails on warnings where it is told to', async () => {
    const config = '{"type":"bridge","bridge":"br0","ipam":{"type":"host-local","subnet":"10.1.0.0/16"}}';
    const path = file('a.yaml', `${nad('a', config)}---\n${nad('b', config)}`);
    const run = await lint([path]);
    expect(run.status).toBe(0);
    expect(run.out.match(/OverlappingNetworks/g)).toHaveLength(2);
    expect((await lint(['--fail-on', 'warning', path])).status).toBe(1);
  });

  it('checks a WeftConfig and passes over what it does not know', async () => {
    const config = {
      apiVersion: 'weft.dev/v1alpha1',
      kind: 'WeftConfig',
      metadata: { name: 'default' },
      spec: { isolation: { enabled: 'yes' } },
    };
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' } };
    const { out, err } = await lint(
      ['-o', 'json', '-'],
      `${JSON.stringify(config)}\n---\n${JSON.stringify(secret)}\n`,
    );
    expect(JSON.parse(out)).toMatchObject([
      { object: 'WeftConfig default', code: 'InvalidObject', path: 'spec.isolation.enabled' },
    ]);
    expect(err).toContain('2 objects checked');
  });

  it.each([
    ['is not there', () => join(directory, 'none.yaml')],
    ['is no YAML', () => file('x.yaml', 'a: [1\nb: {')],
  ])('ends with 2 for a file that %s', async (_, path) => {
    const run = await lint([path()]);
    expect(run.status).toBe(2);
    expect(run.err).toContain('(reason InputUnreadable)');
  });

  it('ends with 2 without a file, and prints help', async () => {
    expect((await lint([])).status).toBe(2);
    const help = await lint(['--help']);
    expect(help.status).toBe(0);
    expect(help.out).toContain('Exit status: 0; 1 if there are errors; 2 if a file cannot be read.');
  });
});

import { describe, expect, it } from 'vitest';
import { checkConfigFile } from '../../../src/netconf/check-config-file.ts';
import { checkWorkload } from '../../../src/netconf/workload-findings.ts';

const key = 'k8s.v1.cni.cncf.io/networks';
const place = `metadata.annotations["${key}"]`;

function withNetworks(value: unknown): object {
  return { metadata: { annotations: { [key]: value } } };
}

function found(object: unknown): readonly string[] {
  return checkWorkload(object).map(({ code, path, message }) => `${code} ${path}: ${message}`);
}

describe('the networks of a workload', () => {
  it.each([
    [{ kind: 'Pod', ...withNetworks('a b') }, ''],
    [{ kind: 'Deployment', spec: { template: withNetworks('a b') } }, 'spec.template.'],
    [
      { kind: 'CronJob', spec: { jobTemplate: { spec: { template: withNetworks('a b') } } } },
      'spec.jobTemplate.spec.template.',
    ],
    [{ kind: 'PodTemplate', template: withNetworks('a b') }, 'template.'],
  ])('of %j are checked at %s', (object, base) => {
    const findings = found(object);
    expect(findings).toHaveLength(1);
    expect(findings[0]).toContain(` ${base}${place}`);
  });

  it.each([
    undefined,
    'Pod',
    [],
    { kind: 'Pod' },
    { kind: 'Pod', metadata: { annotations: [] } },
    { kind: 'Pod', metadata: { namespace: 7, annotations: { other: 7 } } },
    { kind: 'ConfigMap', ...withNetworks('a b') },
    { kind: 'Deployment', spec: { template: 'x' }, ...withNetworks('a b') },
    { kind: 'Deployment', metadata: {}, spec: { template: withNetworks('lan') } },
  ])('have no fault in %j', (object) => {
    expect(found(object)).toEqual([]);
  });

  it('must be one text', () => {
    expect(found({ kind: 'Pod', ...withNetworks([]) })[0]).toMatch(
      /^InvalidObject .*must be one text; write it in quotes/,
    );
  });

  it('do not count above the template', () => {
    const [misplaced] = found({ kind: 'Deployment', spec: { template: {} }, ...withNetworks('lan') });
    expect(misplaced).toBe(
      `MisplacedKey ${place}: its pods do not get this annotation; move it to spec.template.metadata.annotations`,
    );
  });
});

describe('a file of a configuration directory', () => {
  it.each([
    ['{"cniVersion":"1.0.0","name":"lan","type":"loopback"}', []],
    [
      '{"cniVersion":"1.0.0","type":"loopback"}',
      ['MissingKey name: name is missing; write it, such as "name": "net-a"'],
    ],
    [
      '{"cniVersion":"1.0.0","name":"a/b","type":"loopback"}',
      ['InvalidName name: name "a/b" must be letters'],
    ],
  ])('%s has the findings %j', (text, expected) => {
    const findings = checkConfigFile(text).map(({ code, path, message }) => `${code} ${path}: ${message}`);
    expect(findings).toHaveLength(expected.length);
    for (const [index, words] of expected.entries()) expect(findings[index]).toContain(words);
  });
});

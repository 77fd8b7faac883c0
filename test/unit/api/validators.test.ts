import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { validateNetworkAttachmentDefinition } from '../../../src/api/network-attachment-definition.generated.js';
import { networkAttachmentDefinitionSchema } from '../../../src/api/network-attachment-definition.schema.ts';
import type { SchemaValidator } from '../../../src/api/schema-validator.ts';
import { validateWeftConfig } from '../../../src/api/weft-config.generated.js';
import { weftConfigSchema } from '../../../src/api/weft-config.schema.ts';
import { validateWeftNode } from '../../../src/api/weft-node.generated.js';
import { weftNodeSchema } from '../../../src/api/weft-node.schema.ts';
import { validateNetworkSelectionElement } from '../../../src/selection/network-selection-element.generated.js';
import { networkSelectionElementSchema } from '../../../src/selection/network-selection-element.schema.ts';

interface Pair {
  readonly name: string;
  readonly schema: z.ZodType;
  readonly validator: SchemaValidator;
  /** A document that both take. */
  readonly valid: object;
}

const pairs: readonly Pair[] = [
  {
    name: 'NetworkAttachmentDefinition',
    schema: networkAttachmentDefinitionSchema,
    validator: validateNetworkAttachmentDefinition,
    valid: {
      apiVersion: 'k8s.cni.cncf.io/v1',
      kind: 'NetworkAttachmentDefinition',
      metadata: { name: 'a', namespace: 'b', annotations: { x: 'y' } },
      spec: { config: '{}' },
    },
  },
  {
    name: 'WeftConfig',
    schema: weftConfigSchema,
    validator: validateWeftConfig,
    valid: {
      apiVersion: 'weft.dev/v1alpha1',
      kind: 'WeftConfig',
      metadata: { name: 'default' },
      spec: {
        defaultNetwork: 'a',
        defaultNetworks: ['a/b'],
        isolation: { enabled: true, globalNamespaces: ['default'] },
        timeBudgets: { connect: 100, done: 0 },
      },
    },
  },
  {
    name: 'WeftNode',
    schema: weftNodeSchema,
    validator: validateWeftNode,
    valid: {
      apiVersion: 'weft.dev/v1alpha1',
      kind: 'WeftNode',
      metadata: { name: 'node-a' },
      status: {
        version: '0.1.0',
        plugins: { count: 1, types: ['bridge'], unseen: ['/a'] },
        links: [{ name: 'eth0' }],
        defaultNetwork: { name: 'cluster', source: '/etc/cni/net.d/10-a.conflist' },
        conf: { first: false, remove: ['/etc/cni/net.d/00-a.conf'] },
        attachments: { count: 1, outdated: 0, networks: [{ network: 'a/b', count: 1, outdated: 0 }] },
        leftovers: { count: 1, oldest: '2026-01-02T03:04:05Z' },
        conditions: [
          {
            type: 'Ready',
            status: 'True',
            reason: 'Ready',
            message: '',
            lastTransitionTime: '2026-01-02T03:04:05Z',
          },
        ],
      },
    },
  },
  {
    name: 'network selection element',
    schema: networkSelectionElementSchema,
    validator: validateNetworkSelectionElement,
    valid: {
      name: 'a',
      namespace: 'b',
      interface: 'c',
      ips: ['10.0.0.1'],
      mac: 'd',
      'cni-args': { a: 1 },
      portMappings: [{ hostPort: 1, containerPort: 2, protocol: 'tcp', hostIP: 'x' }],
      bandwidth: { ingressRate: 1, ingressBurst: 2, egressRate: 3, egressBurst: 4 },
      'default-route': ['10.0.0.1'],
      'infiniband-guid': 'e',
      'ipam-claim-reference': 'f',
    },
  },
];

describe.each(pairs)('the generated validator of $name', ({ schema, validator, valid }) => {
  it('takes and refuses what its zod schema does, value for value', () => {
    expect(validator(structuredClone(valid))).toBe(true);
    const paths = pathsOf(valid);
    const values = fc.oneof(fc.jsonValue(), fc.constantFrom(0, -1, 65_536, 1.5, '', 'A', [], {}, null, true));
    fc.assert(
      fc.property(fc.constantFrom(...paths), values, (path, value) => {
        const document = replaced(valid, path, value);
        expect(validator(structuredClone(document))).toBe(schema.safeParse(document).success);
      }),
    );
  });

  it('fills in the defaults that its zod schema does', () => {
    fc.assert(
      fc.property(fc.constantFrom(...pathsOf(valid)), (path) => {
        const document = removed(valid, path);
        const copy = structuredClone(document);
        const parsed = schema.safeParse(document);
        expect(validator(copy) ? copy : 'refused').toEqual(parsed.success ? parsed.data : 'refused');
      }),
    );
  });
});

type Path = readonly string[];

function pathsOf(value: unknown, path: Path = []): readonly Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  const inner = Object.entries(value).flatMap(([key, child]) => pathsOf(child, [...path, key]));
  return path.length === 0 ? inner : [path, ...inner];
}

function replaced(root: object, path: Path, value: unknown): object {
  const copy = structuredClone(root);
  const parent = parentOf(copy, path);
  parent[path.at(-1) ?? ''] = value;
  return copy;
}

function removed(root: object, path: Path): object {
  const copy = structuredClone(root);
  delete parentOf(copy, path)[path.at(-1) ?? ''];
  return copy;
}

function parentOf(root: object, path: Path): Record<string, unknown> {
  return path
    .slice(0, -1)
    .reduce((value, key) => value[key] as Record<string, unknown>, root as Record<string, unknown>);
}

import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  type CustomResource,
  customResourceDefinition,
} from '../../../../hack/codegen/crd/custom-resource-definition.ts';

const resource: CustomResource = {
  document: z
    .looseObject({
      apiVersion: z.literal('example.dev/v1'),
      kind: z.literal('Thing'),
      metadata: z.looseObject({ name: z.string().regex(/^a$/) }),
      spec: z.strictObject({ size: z.int() }).describe('Wanted.'),
    })
    .describe('A thing.'),
  status: z.looseObject({ seen: z.boolean().exactOptional() }),
  scope: 'Cluster',
  plural: 'things',
  singular: 'thing',
  shortNames: ['th'],
  columns: [{ name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' }],
};

describe('a generated CRD', () => {
  it('takes group, version and kind from the literals of the schema, and carries the label of weft', () => {
    expect(customResourceDefinition(resource)).toMatchObject({
      metadata: { name: 'things.example.dev', labels: { 'app.kubernetes.io/managed-by': 'weft' } },
      spec: {
        group: 'example.dev',
        scope: 'Cluster',
        names: { kind: 'Thing', plural: 'things', singular: 'thing', shortNames: ['th'] },
        versions: [{ name: 'v1', served: true, storage: true, subresources: { status: {} } }],
      },
    });
  });

  it('asks nothing of metadata, and wants spec only where the schema does', () => {
    const schema = {
      description: 'A thing.',
      type: 'object',
      properties: {
        apiVersion: { type: 'string', description: expect.any(String) },
        kind: { type: 'string', description: expect.any(String) },
        metadata: { type: 'object' },
        spec: {
          description: 'Wanted.',
          type: 'object',
          properties: { size: { type: 'integer' } },
          required: ['size'],
        },
        status: { type: 'object', properties: { seen: { type: 'boolean' } } },
      },
    };
    expect(openApiSchema(resource)).toEqual({ ...schema, required: ['spec'] });
    const document = z.looseObject({
      apiVersion: z.literal('example.dev/v1'),
      kind: z.literal('Thing'),
      spec: z.strictObject({ size: z.int() }).describe('Wanted.').exactOptional(),
    });
    const { description: _, ...without } = schema;
    expect(openApiSchema({ ...resource, document })).toEqual(without);
  });

  it('refuses a schema whose apiVersion or kind may be several', () => {
    const document = z.looseObject({
      apiVersion: z.literal(['a.dev/v1', 'a.dev/v2']),
      kind: z.literal('Thing'),
      spec: z.looseObject({}),
    });
    expect(() => customResourceDefinition({ ...resource, document })).toThrow('must be literals');
  });
});

function openApiSchema(of: CustomResource): unknown {
  const { versions } = customResourceDefinition(of)['spec'] as {
    versions: { schema: { openAPIV3Schema: unknown } }[];
  };
  return versions[0]?.schema.openAPIV3Schema;
}

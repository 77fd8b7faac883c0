import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { structuralSchema } from '../../../../hack/codegen/crd/structural-schema.ts';

function structural(schema: z.ZodType): unknown {
  return structuralSchema(z.toJSONSchema(schema, { target: 'openapi-3.0', io: 'input' }), 'spec');
}

describe('a structural schema', () => {
  it('keeps types, limits, descriptions and what must be there, but no defaults', () => {
    const schema = z.object({
      name: z.string().min(1).max(9).regex(/^a+$/).describe('What it is called.'),
      kind: z.enum(['a', 'b']).default('a'),
      only: z.literal('x').exactOptional(),
      share: z.number().gt(0).max(1).nullable(),
    });
    expect(structural(schema)).toEqual({
      type: 'object',
      properties: {
        name: {
          type: 'string',
          minLength: 1,
          maxLength: 9,
          pattern: '^a+$',
          description: 'What it is called.',
        },
        kind: { type: 'string', enum: ['a', 'b'] },
        only: { type: 'string', enum: ['x'] },
        share: { type: 'number', nullable: true, minimum: 0, exclusiveMinimum: true, maximum: 1 },
      },
      required: ['name', 'share'],
    });
  });

  it.each([
    ['strict', z.strictObject({ in: z.strictObject({ a: z.string() }) })],
    ['loose', z.looseObject({ in: z.looseObject({ a: z.string() }) })],
    ['plain', z.object({ in: z.object({ a: z.string() }) })],
  ])('leaves unknown keys of a %s object to the API server, at every depth', (_, schema) => {
    const inner = { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] };
    expect(structural(schema)).toEqual({ type: 'object', properties: { in: inner }, required: ['in'] });
  });

  it('keeps what the values of a map are, and converts them', () => {
    expect(structural(z.record(z.string(), z.strictObject({ a: z.int() })))).toEqual({
      type: 'object',
      additionalProperties: {
        type: 'object',
        properties: { a: { type: 'integer' } },
        required: ['a'],
      },
    });
  });

  it('keeps the limits of an integer but not those of JavaScript', () => {
    expect(structural(z.int())).toEqual({ type: 'integer' });
    expect(structural(z.int().min(0).max(65_535))).toEqual({ type: 'integer', minimum: 0, maximum: 65_535 });
  });

  it('takes the keywords of Kubernetes from the metadata of the schema, also inside lists', () => {
    const map = { 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['a'] };
    const inner = z.looseObject({ a: z.string().meta({ format: 'date-time' }) });
    expect(structural(z.array(inner).max(3).meta(map))).toEqual({
      type: 'array',
      maxItems: 3,
      items: {
        type: 'object',
        properties: { a: { type: 'string', format: 'date-time' } },
        required: ['a'],
      },
      ...map,
    });
  });

  it.each([
    [
      'alternatives',
      z.object({ a: z.union([z.string(), z.int()]) }),
      'spec.a: a structural schema needs a type',
    ],
    ['anything', z.object({ a: z.array(z.unknown()) }), 'spec.a[]: a structural schema needs a type'],
    ['a map to anything', z.record(z.string(), z.unknown()), 'spec.*: a structural schema needs a type'],
    [
      'two patterns',
      z.object({ a: z.string().regex(/a/).regex(/b/) }),
      'spec.a: a structural schema cannot say allOf',
    ],
    [
      'fields beside a map',
      z.object({ a: z.string() }).catchall(z.int()),
      'spec: a structural schema cannot say additionalProperties',
    ],
  ])('refuses %s, naming the field', (_, schema, message) => {
    expect(() => structural(schema)).toThrow(message);
  });

  it('refuses a keyword that it has never seen', () => {
    expect(() => structuralSchema({ type: 'object', propertyNames: {} }, 'status')).toThrow(
      'status: a structural schema cannot say propertyNames',
    );
  });
});

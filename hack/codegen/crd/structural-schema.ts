/** A schema as zod prints it for OpenAPI 3.0, or a part of one. */
export type OpenApiSchema = Readonly<Record<string, unknown>>;

/** Keywords that mean the same in a structural schema. */
const kept: readonly string[] = [
  'description',
  'enum',
  'exclusiveMaximum',
  'exclusiveMinimum',
  'format',
  'maxItems',
  'maxLength',
  'maximum',
  'minItems',
  'minLength',
  'minimum',
  'nullable',
  'pattern',
  'required',
  'type',
];

/**
 * The structural schema that the API server wants in a CRD. Objects lose `additionalProperties` beside `properties`: the
 * server forbids the two together, and prunes what it does not know. `field` stands before each error; throws for what
 * a structural schema cannot say.
 */
export function structuralSchema(schema: OpenApiSchema, field: string): OpenApiSchema {
  if (typeof schema['type'] !== 'string') throw new Error(`${field}: a structural schema needs a type`);
  return Object.fromEntries(
    Object.entries(schema).flatMap(([keyword, value]) => converted(keyword, value, schema, field)),
  );
}

/** What becomes of one keyword: itself, changed, or nothing. */
function converted(
  keyword: string,
  value: unknown,
  schema: OpenApiSchema,
  field: string,
): readonly (readonly [string, unknown])[] {
  // The server would write a default into each object that is made, where it outlives a better one of a later version.
  if (keyword === 'default' || isBoundOfNumbers(keyword, value)) return [];
  if (kept.includes(keyword) || keyword.startsWith('x-kubernetes-')) return [[keyword, value]];
  switch (keyword) {
    case 'properties':
      return [[keyword, structuralProperties(asSchema(value), field)]];
    case 'items':
      return [[keyword, structuralSchema(asSchema(value), `${field}[]`)]];
    case 'uniqueItems':
      // The server compares a `set` in linear time, and forbids the keyword, which it would in quadratic.
      return value === true ? [['x-kubernetes-list-type', 'set']] : [];
    case 'additionalProperties':
      if (schema['properties'] === undefined && value !== false)
        return [[keyword, structuralSchema(asSchema(value), `${field}.*`)]];
      if (value === false || Object.keys(asSchema(value)).length === 0) return [];
  }
  throw new Error(`${field}: a structural schema cannot say ${keyword}: ${JSON.stringify(value)}`);
}

function structuralProperties(properties: OpenApiSchema, field: string): OpenApiSchema {
  return Object.fromEntries(
    Object.entries(properties).map(([name, schema]) => [
      name,
      structuralSchema(asSchema(schema), `${field}.${name}`),
    ]),
  );
}

/** zod bounds each integer by what JavaScript can count; that is no property of the field. */
function isBoundOfNumbers(keyword: string, value: unknown): boolean {
  return (
    (keyword === 'maximum' && value === Number.MAX_SAFE_INTEGER) ||
    (keyword === 'minimum' && value === Number.MIN_SAFE_INTEGER)
  );
}

function asSchema(value: unknown): OpenApiSchema {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as OpenApiSchema;
  throw new Error(`not a schema: ${JSON.stringify(value)}`);
}

import { z } from 'zod';
import { type OpenApiSchema, structuralSchema } from './structural-schema.ts';

/** A kind of ours in the API, as far as its zod schemas do not say it. */
export interface CustomResource {
  /** The whole object. Its `apiVersion` and `kind` are literals. */
  readonly document: z.ZodType;
  /** `status`, which is a subresource: whoever writes the object cannot write it, and the other way round. */
  readonly status?: z.ZodType;
  /** Rules in CEL over the whole object. */
  readonly rules?: readonly CelRule[];
  readonly scope: 'Namespaced' | 'Cluster';
  /** Lower case. */
  readonly plural: string;
  /** Lower case. */
  readonly singular: string;
  readonly shortNames: readonly string[];
  /** What `kubectl get` shows, in this order. */
  readonly columns: readonly PrinterColumn[];
}

/** What the API server checks beyond the schema. */
export interface CelRule {
  readonly rule: string;
  readonly message: string;
  /** The field that a refusal names: `.spec.a`; absent: the whole object. */
  readonly fieldPath?: string;
}

/** A column of `kubectl get`. */
export interface PrinterColumn {
  readonly name: string;
  readonly type: 'string' | 'boolean' | 'integer' | 'date';
  readonly jsonPath: string;
  readonly description?: string;
  /** Above 0: with `-o wide` only. */
  readonly priority?: number;
}

/** The object for the API server. weft's operator changes no CRD that lacks the label (DESIGN §3.7). */
export function customResourceDefinition(resource: CustomResource): OpenApiSchema {
  const { document, status, rules, scope, plural, singular, shortNames, columns } = resource;
  const whole = printed(document);
  const { apiVersion, kind, metadata, ...parts } = whole['properties'] as Readonly<
    Record<string, OpenApiSchema>
  >;
  const [group = '', version = ''] = onlyValue(apiVersion).split('/');
  const schema = {
    ...(whole['description'] !== undefined && { description: whole['description'] }),
    type: 'object',
    // What is the API server's own stays the API server's; it knows better what an apiVersion or a name may be.
    properties: {
      apiVersion: { type: 'string', description: 'Group and version of this kind.' },
      kind: { type: 'string', description: 'Name of this kind.' },
      metadata: { type: 'object' },
      ...Object.fromEntries(
        Object.entries(parts).map(([name, part]) => [name, structuralSchema(part, name)]),
      ),
      ...(status && { status: structuralSchema(printed(status), 'status') }),
    },
    ...(rules && { 'x-kubernetes-validations': rules }),
    ...((whole['required'] as readonly string[]).includes('spec') && { required: ['spec'] }),
  };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}`, labels: { 'app.kubernetes.io/managed-by': 'weft' } },
    spec: {
      group,
      scope,
      names: {
        kind: onlyValue(kind),
        listKind: `${onlyValue(kind)}List`,
        plural,
        singular,
        // The API server drops an empty list, and `kubectl apply` would find a difference for ever.
        ...(shortNames.length === 0 ? {} : { shortNames }),
      },
      versions: [
        {
          name: version,
          served: true,
          storage: true,
          schema: { openAPIV3Schema: schema },
          ...(status && { subresources: { status: {} } }),
          additionalPrinterColumns: columns,
        },
      ],
    },
  };
}

function printed(schema: z.ZodType): OpenApiSchema {
  // io: 'input', because a default makes a key optional for whoever writes the object.
  return z.toJSONSchema(schema, { target: 'openapi-3.0', io: 'input', unrepresentable: 'throw' });
}

function onlyValue(schema: OpenApiSchema | undefined): string {
  const values = schema?.['enum'];
  if (Array.isArray(values) && values.length === 1 && typeof values[0] === 'string') return values[0];
  throw new Error(`apiVersion and kind must be literals, not ${JSON.stringify(schema)}`);
}

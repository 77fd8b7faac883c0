/** A validator that hack/codegen/validators.ts made from a zod schema. Fills defaults into the value it is given. */
export interface SchemaValidator {
  (value: unknown): boolean;
  /** Of the last call; null or absent after success. */
  errors?: readonly SchemaError[] | null;
}

/** What ajv says about a value; the part of it that is used here. */
interface SchemaError {
  /** JSON pointer to the offending value, '' for the whole. */
  readonly instancePath: string;
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/**
 * The first fault of a value in one sentence that starts with the field, such as `spec.isolation.enabled must be a
 * boolean, not "yes"`; undefined where there is none. `prefix` stands before the field, such as `[1]`.
 */
export function violation(validator: SchemaValidator, value: unknown, prefix = ''): string | undefined {
  if (validator(value)) return undefined;
  const error = validator.errors?.[0];
  if (error === undefined) return `${prefix === '' ? 'the document' : prefix} cannot be used`;
  return describe(error, value, prefix);
}

function describe(error: SchemaError, root: unknown, prefix: string): string {
  const path = pathOf(error.instancePath);
  const field = (last?: unknown): string =>
    fieldName(prefix, typeof last === 'string' ? [...path, last] : path);
  const found = shown(valueAt(root, path));
  switch (error.keyword) {
    case 'required':
      return `${field(error.params['missingProperty'])} is missing`;
    case 'additionalProperties':
      return `${field(error.params['additionalProperty'])} is not a known key`;
    case 'type':
      return `${field()} must be ${withArticle(String(error.params['type']))}, not ${found}`;
    case 'const':
      return `${field()} must be ${shown(error.params['allowedValue'])}, not ${found}`;
    case 'minItems':
      return `${field()} must not be empty`;
    case 'maxItems':
      return `${field()} must have at most ${String(error.params['limit'])} elements`;
    case 'uniqueItems':
      return `${field()} must not have the same element twice`;
    case 'minimum':
    case 'maximum':
    case 'exclusiveMinimum':
    case 'exclusiveMaximum':
      return `${field()} must be ${String(error.params['comparison'])} ${String(error.params['limit'])}, not ${found}`;
    case 'pattern':
      return `${field()} is not well-formed: ${found}`;
    default:
      return `${field()} cannot be ${found}`;
  }
}

/** `[1].bandwidth.ingressRate`; keys that are no plain words in quotes, so that a dotted key cannot be misread. */
function fieldName(prefix: string, path: readonly string[]): string {
  let name = prefix;
  for (const part of path) {
    if (/^[0-9]+$/.test(part)) name += `[${part}]`;
    else if (/^[A-Za-z][-A-Za-z0-9]*$/.test(part)) name += name === '' ? part : `.${part}`;
    else name += `[${shown(part)}]`;
  }
  return name === '' ? 'the document' : name;
}

/** A value as a message shows it: JSON, bounded, containers by their kind only. */
export function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object' && value !== null) return 'an object';
  const text = JSON.stringify(value);
  return text.length <= 60 ? text : `${text.slice(0, 59)}…`;
}

function pathOf(pointer: string): readonly string[] {
  if (pointer === '') return [];
  return pointer
    .slice(1)
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function valueAt(root: unknown, path: readonly string[]): unknown {
  let value = root;
  for (const part of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[part];
  }
  return value;
}

function withArticle(type: string): string {
  return /^[aeio]/.test(type) ? `an ${type}` : `a ${type}`;
}

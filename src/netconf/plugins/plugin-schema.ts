import type { FindingCode } from '../finding-codes.ts';

/**
 * JSON Schema (draft 7) as far as the plugins need it, with annotations of ours. Objects are open, because plugins
 * ignore what they do not know; keys that look like typing errors are found apart.
 */
export interface JsonSchema {
  readonly type?: 'string' | 'integer' | 'number' | 'boolean' | 'object' | 'array';
  readonly enum?: readonly (string | number)[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly minLength?: number;
  /** One of valueFormats. */
  readonly format?: string;
  readonly pattern?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: JsonSchema;
  readonly items?: JsonSchema;
  readonly allOf?: readonly JsonSchema[];
  readonly anyOf?: readonly JsonSchema[];
  /** What to write, as the end of `write …`: `a VLAN ID from 0 to 4094`. */
  readonly description?: string;
  /** The code of a value that does not fit; otherwise it follows from the keyword. */
  readonly finding?: FindingCode;
  /** For what the plugin lets pass, though it does not do what was meant. */
  readonly severity?: 'warning';
  /** False: the text of a number is not what was meant, as with a version: 1.0 is 1 in JSON. */
  readonly quotable?: false;
  /** Keys of other programs that people write in an object like this, and what they are called here. */
  readonly synonyms?: Readonly<Record<string, string>>;
}

/** What weft knows of a plugin type. */
export interface PluginSchema {
  /**
   * `interface`: makes the interface, so it is the first of its chain. `chained`: works on what earlier plugins made.
   * `ipam`: is named by `ipam.type`. `cluster`: a default network with needs of its own.
   */
  readonly role: 'interface' | 'chained' | 'ipam' | 'cluster';
  /** For `ipam`, of the object in `ipam`; for others, of the plugin's object without what all plugins have. */
  readonly schema: JsonSchema;
  /** `required`: it fails without `ipam`. `none`: it calls no IPAM plugin. Otherwise its interface has no address then. */
  readonly ipam?: 'required' | 'none';
  /** The capability without which it has nothing to do, unless one of the keys is there. */
  readonly capability?: { readonly name: string; readonly unless: readonly string[] };
}

// Generated from src/api/weft-node.schema.ts by hack/codegen/validators.ts; do not edit.
import type { SchemaValidator } from './schema-validator.ts';

/** src/api/weft-node.schema.ts as a function. */
export declare const validateWeftNode: SchemaValidator;

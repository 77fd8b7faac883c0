// Generated from src/api/network-attachment-definition.schema.ts by hack/codegen/validators.ts; do not edit.
import type { SchemaValidator } from './schema-validator.ts';

/** src/api/network-attachment-definition.schema.ts as a function. */
export declare const validateNetworkAttachmentDefinition: SchemaValidator;

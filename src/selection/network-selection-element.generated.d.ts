// Generated from src/selection/network-selection-element.schema.ts by hack/codegen/validators.ts; do not edit.
import type { SchemaValidator } from '../api/schema-validator.ts';

/** src/selection/network-selection-element.schema.ts as a function. */
export declare const validateNetworkSelectionElement: SchemaValidator;

import { z } from 'zod';
import { type Condition, conditionsSchema } from './condition.schema.ts';

/** What is known about a network (DESIGN §3.7). Nothing in it changes with each pod: every agent watches it. */
export interface NetworkAttachmentDefinitionStatus {
  /** The `metadata.generation` that the rest speaks of. */
  observedGeneration?: number;
  /** Type of the network's only or first plugin: `macvlan`. */
  type?: string;
  /** SHA-256 in hex of the configuration's text, comparable to the one in records (NadRef). */
  configHash?: string;
  /** `2/3`: it can be attached on two of the three nodes whose agent has reported. Absent: not known. */
  nodes?: string;
  /** `Valid`, `Available`, `InUse`. */
  conditions?: Condition[];
}

/** For the CRD. Keys of others are kept: the CRD of NPWG's client library has `state` and `observation` here. */
export const networkAttachmentDefinitionStatusSchema: z.ZodType<NetworkAttachmentDefinitionStatus> = z
  .looseObject({
    observedGeneration: z
      .int()
      .min(0)
      .meta({ format: 'int64', description: 'The metadata.generation that the rest speaks of.' })
      .exactOptional(),
    type: z.string().describe("The type of the network's only or first plugin.").exactOptional(),
    configHash: z.string().describe("SHA-256 of the configuration's text, in hex.").exactOptional(),
    nodes: z
      .string()
      .describe('On how many nodes it can be attached, of how many; absent: not known.')
      .exactOptional(),
    conditions: conditionsSchema
      .describe(
        'Valid: the configuration can be used. Available: nodes can attach it. InUse: pods ask for it.',
      )
      .exactOptional(),
  })
  .meta({
    description: 'What weft knows about the network.',
    'x-kubernetes-preserve-unknown-fields': true,
  });

import { z } from 'zod';

/** One condition in the status of any kind: `metav1.Condition` of Kubernetes, with its limits. */
export interface Condition {
  /** `Valid`, `weft.dev/NetworksReady`, …; at most one of each in a list. */
  type: string;
  status: 'True' | 'False' | 'Unknown';
  /** The `metadata.generation` that was judged. */
  observedGeneration?: number;
  /** RFC 3339; when `status` became what it is. */
  lastTransitionTime: string;
  /** CamelCase, for machines. */
  reason: string;
  /** For people; may be ''. */
  message: string;
}

/** The patterns are those of metav1.Condition: tools rely on them. */
const condition: z.ZodType<Condition> = z.looseObject({
  type: z
    .string()
    .max(316)
    .regex(
      /^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\/)?(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])$/,
    )
    .describe('What is judged.'),
  status: z.enum(['True', 'False', 'Unknown']),
  observedGeneration: z
    .int()
    .min(0)
    .meta({ format: 'int64', description: 'The metadata.generation that was judged.' })
    .exactOptional(),
  lastTransitionTime: z.string().meta({ format: 'date-time', description: 'When status became what it is.' }),
  reason: z
    .string()
    .min(1)
    .max(1024)
    .regex(/^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$/)
    .describe('The cause in one word, for machines.'),
  message: z.string().max(32_768).describe('The cause in a sentence, for people.'),
});

/** The conditions of an object; writers by server-side apply own theirs by `type`. */
export const conditionsSchema: z.ZodType<Condition[]> = z
  .array(condition)
  .meta({ 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['type'] });

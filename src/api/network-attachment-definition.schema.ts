import { z } from 'zod';
import { subdomainPattern } from './dns-name.ts';

/** What a source may hand over; `namespace` and `name` are checked with their own words afterwards. */
export interface RawNetworkAttachmentDefinition {
  apiVersion: 'k8s.cni.cncf.io/v1';
  kind: 'NetworkAttachmentDefinition';
  metadata: { name: string; namespace?: string; annotations?: Record<string, string> };
  spec?: { config?: string };
}

const config = z
  .string()
  .describe(
    'A CNI configuration, or a list of them, as JSON text. Absent or empty: the configuration of that name on the node.',
  );

/**
 * Loose everywhere: another product's CRD may add fields, and the API server adds its own (NPWG-004). `status` is
 * missing for the same reason: whatever another product puts there must not make the network unusable.
 */
export const networkAttachmentDefinitionSchema: z.ZodType<RawNetworkAttachmentDefinition> = z
  .looseObject({
    apiVersion: z.literal('k8s.cni.cncf.io/v1'),
    kind: z.literal('NetworkAttachmentDefinition'),
    metadata: z.looseObject({
      name: z.string().regex(subdomainPattern),
      namespace: z.string().exactOptional(),
      annotations: z.record(z.string(), z.string()).exactOptional(),
    }),
    spec: z
      .looseObject({ config: config.exactOptional() })
      .describe('What the network is. Absent: the configuration of that name on the node.')
      .exactOptional(),
  })
  .describe('A network that pods can ask for by name, as the Network Plumbing Working Group defines it.');

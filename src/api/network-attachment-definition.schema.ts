import { z } from 'zod';
import { subdomainPattern } from './dns-name.ts';

/** What a source may hand over; `namespace` and `name` are checked with their own words afterwards. */
export interface RawNetworkAttachmentDefinition {
  apiVersion: 'k8s.cni.cncf.io/v1';
  kind: 'NetworkAttachmentDefinition';
  metadata: { name: string; namespace?: string; annotations?: Record<string, string> };
  spec?: { config?: string };
}

/** Loose everywhere: another product's CRD may add fields, and the API server adds its own (NPWG-004). */
export const networkAttachmentDefinitionSchema: z.ZodType<RawNetworkAttachmentDefinition> = z.looseObject({
  apiVersion: z.literal('k8s.cni.cncf.io/v1'),
  kind: z.literal('NetworkAttachmentDefinition'),
  metadata: z.looseObject({
    name: z.string().regex(subdomainPattern),
    namespace: z.string().exactOptional(),
    annotations: z.record(z.string(), z.string()).exactOptional(),
  }),
  spec: z.looseObject({ config: z.string().exactOptional() }).exactOptional(),
});

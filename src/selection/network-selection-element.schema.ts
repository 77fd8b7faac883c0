import { z } from 'zod';

/** One element of the annotation's JSON form as JSON.parse gives it (NPWG spec 1.3, section 4.1.2.1). */
export interface RawSelectionElement {
  name: string;
  namespace?: string;
  interface?: string;
  ips?: string[];
  mac?: string;
  'cni-args'?: Record<string, unknown>;
  portMappings?: RawPortMapping[];
  bandwidth?: RawBandwidth;
  'default-route'?: string[];
  'infiniband-guid'?: string;
  'ipam-claim-reference'?: string;
}

export interface RawPortMapping {
  hostPort: number;
  containerPort: number;
  protocol?: string;
  hostIP?: string;
}

export interface RawBandwidth {
  ingressRate?: number;
  ingressBurst?: number;
  egressRate?: number;
  egressBurst?: number;
}

const port = z.int().min(1).max(65_535);
const bits = z.int().positive();

/**
 * Shape only: types, ranges, what must be there. What the strings mean is checked by hand, in the user's words.
 * Loose, because unknown keys are a warning and not an error (NPWG-051). A list element that is null is a wrong type.
 */
export const networkSelectionElementSchema: z.ZodType<RawSelectionElement> = z.looseObject({
  name: z.string(),
  namespace: z.string().exactOptional(),
  interface: z.string().exactOptional(),
  ips: z.array(z.string()).min(1).exactOptional(),
  mac: z.string().exactOptional(),
  'cni-args': z.record(z.string(), z.unknown()).exactOptional(),
  portMappings: z
    .array(
      z.looseObject({
        hostPort: port,
        containerPort: port,
        protocol: z.string().exactOptional(),
        hostIP: z.string().exactOptional(),
      }),
    )
    .min(1)
    .exactOptional(),
  bandwidth: z
    .looseObject({
      ingressRate: bits.exactOptional(),
      ingressBurst: bits.exactOptional(),
      egressRate: bits.exactOptional(),
      egressBurst: bits.exactOptional(),
    })
    .exactOptional(),
  'default-route': z.array(z.string()).exactOptional(),
  'infiniband-guid': z.string().exactOptional(),
  'ipam-claim-reference': z.string().exactOptional(),
});

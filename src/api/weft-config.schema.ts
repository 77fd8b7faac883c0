import { z } from 'zod';
import { labelPattern } from './dns-name.ts';
import type { WeftConfig } from './weft-config.ts';

/** `namespace/name`; the lengths are the API server's concern. */
const nadReference = z.string().regex(new RegExp(`^${body(labelPattern)}/[a-z0-9]([-.a-z0-9]*[a-z0-9])?$`));

/** A CNI network name (CNI-033). */
const networkName = /^[A-Za-z0-9][A-Za-z0-9_.-]*$/;

/** A time budget in whole milliseconds. The ranges keep a typing error from switching a promise of DESIGN §3.1 off. */
function budget(min: number, fallback: number, max: number): z.ZodDefault<z.ZodInt> {
  return z.int().min(min).max(max).default(fallback);
}

const isolation = z.strictObject({
  enabled: z.boolean().default(false),
  globalNamespaces: z.array(z.string().regex(labelPattern)).default(['default']),
});

const timeBudgets = z.strictObject({
  connect: budget(1, 100, 5000),
  plan: budget(100, 4800, 30_000),
  lock: budget(100, 20_000, 60_000),
  delegate: budget(100, 30_000, 110_000),
  // The kubelet gives a sandbox two minutes.
  add: budget(1000, 60_000, 110_000),
  // containerd gives a teardown 60 s; what it kills it cannot be told about.
  del: budget(1000, 50_000, 58_000),
  // The kubelet's status path asks every 5 s.
  status: budget(50, 1000, 4000),
  done: budget(0, 1000, 10_000),
});

/** Strict: a mistyped switch must not be taken for its default. The defaults are filled in by the validator. */
export const weftConfigSchema: z.ZodType<WeftConfig> = z.strictObject({
  apiVersion: z.literal('weft.dev/v1alpha1'),
  kind: z.literal('WeftConfig'),
  metadata: z.looseObject({ name: z.string().exactOptional() }).exactOptional(),
  spec: z
    .strictObject({
      defaultNetwork: z.string().regex(networkName).exactOptional(),
      defaultNetworks: z.array(nadReference).max(31).default([]),
      isolation: isolation.prefault({}),
      timeBudgets: timeBudgets.prefault({}),
    })
    .prefault({}),
});

function body(pattern: RegExp): string {
  return pattern.source.slice(1, -1);
}

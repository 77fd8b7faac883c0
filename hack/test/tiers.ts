/** One stage of `make test`: runs of vitest over some projects of vitest.config.ts. */
export interface Tier {
  readonly name: string;
  readonly projects: readonly string[];
  /** True: one run of vitest for each project, all at once, where each has what its files share (global set-up). */
  readonly sideBySide?: boolean;
  /** Seconds that it should take on two cores; more is shown, not failed: machines differ. */
  readonly budget: number;
  /** Files of one run of vitest that run side by side where they may; without: as many as vitest thinks. */
  readonly workers?: number;
}

/** Budget of everything that happens before the first tier: both builds and all verify scripts. */
export const verifyBudget = 120;

/** Budget of building the test clusters' programs with empty caches; with warm ones it takes a second. */
export const toolchainBudget = 900;

/** In the order in which they run: the cheap ones first, because they explain the failures of the dear ones. */
export const tiers: readonly Tier[] = [
  { name: 'unit+engine', projects: ['unit', 'engine'], budget: 120 },
  { name: 'component', projects: ['component'], budget: 120, workers: 2 },
  { name: 'tools', projects: ['tools'], budget: 60 },
  // Most of it is waiting for API servers.
  { name: 'api', projects: ['api', 'api-own'], sideBySide: true, budget: 180, workers: 4 },
  { name: 'net', projects: ['net'], budget: 240 },
  // They wait more than they work, and have clusters of their own.
  { name: 'e2e', projects: ['e2e', 'e2e-weft'], sideBySide: true, budget: 480 },
  { name: 'vm', projects: ['vm'], budget: 180, workers: 2 },
  { name: 'faults', projects: ['faults'], budget: 240 },
];

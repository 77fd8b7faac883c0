/** One stage of `make test`: a single run of vitest over some projects of vitest.config.ts. */
export interface Tier {
  readonly name: string;
  readonly projects: readonly string[];
  /** Seconds that it should take on two cores; more is shown, not failed: machines differ. */
  readonly budget: number;
  /** Files that run side by side; without: as many as vitest thinks. */
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
  { name: 'api', projects: ['api'], budget: 180 },
  { name: 'net', projects: ['net'], budget: 240 },
  { name: 'e2e', projects: ['e2e'], budget: 480 },
  { name: 'vm', projects: ['vm'], budget: 180, workers: 2 },
  { name: 'faults', projects: ['faults'], budget: 240 },
];

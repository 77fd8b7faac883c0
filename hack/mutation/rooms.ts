/**
 * The rooms whose tests are judged by mutation, the portable ones and the pure ones (DESIGN §4), in its order, each with
 * the tests that have to notice: those of the room itself, and where it is tested through another one also those.
 */
const tests: Readonly<Record<string, readonly string[]>> = {
  // What foreign programs say becomes a message in `cni`.
  errors: ['test/unit/errors', 'test/unit/cni/error-result.test.ts'],
  // Without the vectors for the other engine: they are about sizes, and a mutant would wait for them for a minute.
  cni: ['test/unit/cni'],
  attachment: ['test/unit/attachment'],
  wire: ['test/unit/wire'],
  // The plugin's verbs over a node in memory; without the suites that try every moment of a crash, for minutes.
  executor: ['test/unit/executor/**/*.test.ts', 'test/unit/plugin/!(crash-*|disk-faults).test.ts'],
  // Names and devices are checked where they are asked for.
  api: ['test/unit/api', 'test/unit/selection', 'test/unit/resolve/devices.test.ts'],
  selection: ['test/unit/selection'],
  // Plans are the reason why a network is read.
  netconf: ['test/unit/netconf', 'test/unit/resolve'],
  resolve: ['test/unit/resolve'],
};

/** Names of directories in src. */
export const mutatedRooms: readonly string[] = Object.keys(tests);

/** What Stryker changes: the sources of a room, not what is generated or only describes a shape. */
export function mutatedFiles(room: string): readonly string[] {
  return [
    `src/${room}/**/*.ts`,
    '!src/**/*.generated.*',
    // zod's schemas run when code is generated, not in a test.
    '!src/**/*.schema.ts',
  ];
}

/** The tests that Stryker runs: none of them needs more than Node. */
export function judgingTests(room: string): readonly string[] {
  return (tests[room] ?? []).map((path) => (path.endsWith('.ts') ? path : `${path}/**/*.test.ts`));
}

/**
 * The rooms whose tests are judged by mutation, the portable ones and the pure ones (DESIGN §4), in its order, each with
 * the tests that have to notice: those of the room itself, and where it is tested through another one also those.
 */
const tests: Readonly<Record<string, readonly string[]>> = {
  // What foreign programs say becomes a message in `cni`.
  errors: ['test/unit/errors', 'test/unit/cni/error-result.test.ts'],
  cni: ['test/unit/cni', 'test/engine/node.test.ts'],
  attachment: ['test/unit/attachment'],
  wire: ['test/unit/wire'],
  // The plugin's verbs over a node in memory; without the suites that try every moment of a crash, for minutes.
  executor: ['test/unit/executor/**/*.test.ts', 'test/unit/plugin/!(crash-*|disk-faults).test.ts'],
  // Names and devices are checked where they are asked for.
  api: ['test/unit/api', 'test/unit/selection', 'test/unit/resolve/devices.test.ts'],
  selection: ['test/unit/selection'],
  // Plans are the reason why a network is read; pods and files are checked for `kubectl weft lint`, nodes by the operator.
  netconf: [
    'test/unit/netconf',
    'test/unit/resolve',
    'test/unit/cli/lint.test.ts',
    'test/unit/operator/networks/network-availability.test.ts',
  ],
  resolve: ['test/unit/resolve'],
};

/**
 * Starts of `file#suite > title`: megabytes of text, every moment of a crash and whatever a user may write, again and
 * again, for which a mutant would wait for long; what needs thousands of cases; and what wants a process in which nothing
 * has run yet.
 */
export const leftOut: readonly string[] = [
  'test/engine/node.test.ts#cni-sizes.json in Node',
  'test/unit/plugin/damaged-record.test.ts#a record of which both copies are damaged > survives kill -9 of DEL',
  'test/unit/plugin/damaged-record.test.ts#a record of which both copies are damaged > lets ADD of the same',
  'test/unit/plugin/devices.test.ts#kill -9 with device files',
  'test/unit/plugin/devices.test.ts#a device file that cannot be used > or written is a warning',
  'test/unit/plugin/gc-failures.test.ts#a GC in which something fails > tells fifty failures',
  'test/unit/plugin/handover.test.ts#weft handover multus > killed at any point',
  'test/unit/netconf/tenancy-properties.test.ts#a network that the tenancy rules let through > has no plugin',
  'test/unit/netconf/warm-checks.test.ts#',
  'test/unit/resolve/resolve-properties.test.ts#every plan > of an arbitrary annotation fails with WeftError only',
  'test/unit/selection/annotation-properties.test.ts#the annotation grammar > throws nothing but InvalidAnnotation',
];

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

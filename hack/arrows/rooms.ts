/**
 * Which room may import what: the table of DESIGN §4 as data. hack/update-arrows.sh makes .dependency-cruiser.json of it.
 * To draw a new arrow, change this table and say why in the commit.
 */

/** What a room may touch outside src. `portable` and `quickjs` run in QuickJS, `pure` does no I/O, `node` does. */
export type RoomKind = 'portable' | 'quickjs' | 'pure' | 'node';

/** One folder of src. */
export interface Room {
  readonly kind: RoomKind;
  /** Other rooms it may import from. */
  readonly mayImport: readonly string[];
}

/** One npm package and who may import it. */
export interface PackageRule {
  readonly name: string;
  /** Regular expression over the importing file's path. */
  readonly allowedIn: string;
  /** These files are loaded by `await import(…)` only, so that they and the package become a chunk of their own. */
  readonly lazy?: boolean;
}

const portable: readonly string[] = ['errors', 'cni', 'attachment', 'wire', 'executor'];
const pure: readonly string[] = ['api', 'selection', 'netconf', 'resolve'];

/** Every folder that src may have. */
export const rooms: Readonly<Record<string, Room>> = {
  errors: { kind: 'portable', mayImport: [] },
  cni: { kind: 'portable', mayImport: ['errors'] },
  attachment: { kind: 'portable', mayImport: ['errors', 'cni'] },
  wire: { kind: 'portable', mayImport: ['errors', 'cni', 'attachment'] },
  executor: { kind: 'portable', mayImport: ['errors', 'cni', 'attachment'] },

  plugin: { kind: 'quickjs', mayImport: portable },

  api: { kind: 'pure', mayImport: ['errors'] },
  selection: { kind: 'pure', mayImport: ['errors', 'cni', 'api'] },
  // `selection`, because findings are about networks and about what pods ask of them.
  netconf: { kind: 'pure', mayImport: ['errors', 'cni', 'api', 'selection'] },
  resolve: { kind: 'pure', mayImport: ['errors', 'cni', 'attachment', 'api', 'selection', 'netconf'] },

  kube: { kind: 'node', mayImport: ['errors', 'api'] },
  kubeclient: { kind: 'node', mayImport: ['errors', 'kube'] },
  daemon: { kind: 'node', mayImport: ['errors'] },
  agent: { kind: 'node', mayImport: [...portable, ...pure, 'kube', 'daemon'] },
  controller: { kind: 'node', mayImport: ['errors', 'kube', 'kubeclient', 'daemon'] },
  // `errors` beside the pure rooms, because every room throws WeftError.
  operator: { kind: 'node', mayImport: ['errors', ...pure, 'kube', 'daemon', 'controller'] },
  // `cni`, because the text of a network that is taken over stays as it was written.
  cli: { kind: 'node', mayImport: ['errors', 'cni', 'attachment', ...pure, 'kube', 'kubeclient'] },
};

/** Files that hold zod schemas: read by hack/codegen, never loaded by the agent (DESIGN §4). */
export const schemaFiles = '^src/(api|selection|netconf)/.*\\.schema\\.ts$';

/** The only importer of QuickJS's `std` and `os` and of the C module. */
export const quickjsFile = '^src/plugin/sys-quickjs\\.ts$';

/** Node modules without I/O that a pure room may use. */
export const pureNodeModules: readonly string[] = ['crypto'];

/** Node modules that no room may use: the agent runs no child process (DESIGN §2). */
export const forbiddenNodeModules: readonly string[] = ['child_process', 'cluster', 'vm', 'inspector'];

/** Every npm package that src may import. */
export const packages: readonly PackageRule[] = [
  { name: 'zod', allowedIn: schemaFiles },
  // Not in the agent: hack/verify/bundle-problems.ts sees to that.
  { name: 'ajv', allowedIn: '^src/netconf/schema-findings\\.ts$' },
  { name: 'pino', allowedIn: '^src/daemon/' },
  { name: 'prom-client', allowedIn: '^src/(daemon|agent)/' },
  { name: 'yaml', allowedIn: '^src/(agent/.*|kube|cli)/yaml-.*\\.ts$', lazy: true },
  { name: '@kubernetes/client-node', allowedIn: '^src/kubeclient/' },
  { name: 'undici', allowedIn: '^src/kubeclient/' },
  { name: 'commander', allowedIn: '^src/cli/' },
  { name: '@dot-i/k8s-operator', allowedIn: '^src/controller/dot-i-.*\\.ts$' },
];

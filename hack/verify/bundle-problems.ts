/** What esbuild writes with `metafile: true`, as far as it matters here. Paths are relative to the checkout. */
export interface Metafile {
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly outputs: Readonly<Record<string, { readonly inputs: Readonly<Record<string, unknown>> }>>;
}

/** What was found in dist/ for one product. */
export interface BundleFacts {
  readonly metafile: Metafile | undefined;
  /** Bytes of each file that is shipped. */
  readonly sizes: Readonly<Record<string, number>>;
}

/** What one product may be made of. */
export interface BundleRules {
  readonly product: string;
  /** The file in dist/ that is started. */
  readonly main: string;
  /** Bytes of all files together (DESIGN §5). */
  readonly limit: number;
  readonly rooms: readonly string[];
  readonly packages: readonly string[];
  /** Packages that must not be in the file that is started, only in chunks. */
  readonly lazy: readonly string[];
  /** What its rooms have and it must not: beginnings of paths. */
  readonly without?: readonly string[];
}

const portable: readonly string[] = ['errors', 'cni', 'attachment', 'wire', 'executor'];

const daemonPackages: readonly string[] = [
  // pino and what it needs
  'pino',
  '@pinojs/redact',
  'atomic-sleep',
  'on-exit-leak-free',
  'pino-abstract-transport',
  'pino-std-serializers',
  'process-warning',
  'quick-format-unescaped',
  'real-require',
  'safe-stable-stringify',
  'sonic-boom',
  'split2',
  'thread-stream',
  // prom-client and what it needs
  'prom-client',
  '@opentelemetry/api',
  'bintrees',
  'tdigest',
];

/** client-node and what it needs. */
const clientPackages: readonly string[] = [
  '@kubernetes/client-node',
  'agent-base',
  'b4a',
  'debug',
  'end-of-stream',
  'events-universal',
  'fast-fifo',
  'has-flag',
  'hpagent',
  'ip-address',
  'isomorphic-ws',
  'jose',
  'js-yaml',
  'jsonpath-plus',
  'ms',
  'oauth4webapi',
  'once',
  'openid-client',
  'pump',
  'rfc4648',
  'smart-buffer',
  'socks',
  'socks-proxy-agent',
  'stream-buffers',
  'streamx',
  'supports-color',
  'tar-fs',
  'tar-stream',
  'text-decoder',
  'wrappy',
  'ws',
];

/** What checks networks against the schemas of plugins. */
const schemaPackages: readonly string[] = ['ajv', 'fast-deep-equal', 'fast-uri', 'json-schema-traverse'];

/** A new package here costs memory on every node: put its measured MiB into the commit (DESIGN §4). */
export const agentRules: BundleRules = {
  product: 'agent',
  main: 'agent.mjs',
  limit: 1_000_000,
  rooms: [...portable, 'api', 'selection', 'netconf', 'resolve', 'kube', 'daemon', 'agent'],
  packages: [...daemonPackages, 'yaml'],
  lazy: ['yaml'],
  // Checking networks against schemas is for the operator and the CLI: nodes need neither them nor ajv.
  without: ['src/netconf/plugins/', 'src/netconf/schema-findings.ts'],
};

/** The plugin is ours alone. */
export const pluginRules: BundleRules = {
  product: 'plugin',
  main: 'weft',
  limit: 3_000_000,
  rooms: [...portable, 'plugin'],
  packages: [],
  lazy: [],
};

/** On no node: what it weighs nobody feels but who waits for it. One file, so nothing can be a chunk. */
export const cliRules: BundleRules = {
  product: 'cli',
  main: 'kubectl-weft',
  limit: 3_000_000,
  rooms: [
    'errors',
    'cni',
    'attachment',
    'api',
    'selection',
    'netconf',
    'resolve',
    'kube',
    'kubeclient',
    'cli',
  ],
  packages: ['commander', 'undici', 'yaml', ...clientPackages, ...schemaPackages],
  lazy: [],
};

/** Two or three in a cluster. Of what @dot-i/k8s-operator would bring along only stand-ins (docs/adr/0011). */
export const operatorRules: BundleRules = {
  product: 'operator',
  main: 'operator.mjs',
  limit: 3_500_000,
  rooms: [
    'errors',
    'cni',
    // through resolve
    'attachment',
    'api',
    'selection',
    'netconf',
    'resolve',
    'kube',
    'kubeclient',
    'daemon',
    'controller',
    'operator',
  ],
  packages: [
    ...daemonPackages,
    ...clientPackages,
    ...schemaPackages,
    'undici',
    'yaml',
    '@dot-i/k8s-operator',
    // ajv and what it needs
    'ajv',
    'fast-deep-equal',
    'fast-uri',
    'json-schema-traverse',
  ],
  lazy: [],
};

/** What breaks the rules; a product that was not built does. */
export function bundleProblems(facts: BundleFacts, rules: BundleRules): string[] {
  const { metafile, sizes } = facts;
  const problems: string[] = [];
  if (sizes[rules.main] === undefined) problems.push(`dist/${rules.main} is missing: run make build`);
  const size = Object.values(sizes).reduce((sum, bytes) => sum + bytes, 0);
  if (size > rules.limit) problems.push(`${rules.product}: ${size} bytes, allowed are ${rules.limit}`);
  if (metafile === undefined) return [...problems, `${rules.product}: no metafile in dist/: run make build`];
  const inputs = Object.keys(metafile.inputs);
  if (inputs.length === 0) problems.push(`${rules.product}: its metafile names no source`);
  problems.push(...inputs.flatMap((input) => inputProblem(input, rules)));
  const mainOutput = Object.entries(metafile.outputs).find(([path]) => path.endsWith(`/${rules.main}`))?.[1];
  if (rules.lazy.length > 0 && mainOutput === undefined) {
    problems.push(`${rules.product}: its metafile has no output ${rules.main}`);
  }
  for (const input of Object.keys(mainOutput?.inputs ?? {})) {
    const name = packageOf(input);
    if (name !== undefined && rules.lazy.includes(name)) {
      problems.push(`${rules.product}: ${name} is in ${rules.main}; it must be a chunk of its own: ${input}`);
    }
  }
  return problems;
}

function inputProblem(input: string, rules: BundleRules): string[] {
  const name = packageOf(input);
  if (name !== undefined) {
    return rules.packages.includes(name) ? [] : [`${rules.product}: contains the package ${name} (${input})`];
  }
  if (input.endsWith('.schema.ts')) return [`${rules.product}: contains a schema, hence zod: ${input}`];
  // esbuild's own names (`<define:…>`, `(disabled):fs`) are not files.
  if (/^(<|\(disabled\):|dot-i-stand-in:)/.test(input)) return [];
  if (rules.without?.some((start) => input.startsWith(start)) === true) {
    return [`${rules.product}: contains ${input}, which is not for it`];
  }
  const room = /^src\/([^/]+)\//.exec(input)?.[1];
  if (room !== undefined && rules.rooms.includes(room)) return [];
  return [`${rules.product}: contains ${input}, which is none of its rooms`];
}

/** The npm package a path belongs to, the innermost one. */
function packageOf(path: string): string | undefined {
  return /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1];
}

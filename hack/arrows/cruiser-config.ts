import {
  forbiddenNodeModules,
  packages,
  pureNodeModules,
  quickjsFile,
  type Room,
  type RoomKind,
  rooms,
  schemaFiles,
} from './rooms.ts';

/** One side of a rule of dependency-cruiser, as far as we use it. */
interface Side {
  readonly path?: string;
  readonly pathNot?: string;
  readonly dynamic?: boolean;
  readonly couldNotResolve?: boolean;
  readonly circular?: boolean;
  readonly dependencyTypes?: readonly string[];
  readonly dependencyTypesNot?: readonly string[];
  readonly viaOnly?: { readonly dependencyTypesNot: readonly string[] };
}

/** A `forbidden` rule of dependency-cruiser. */
interface CruiserRule {
  readonly name: string;
  readonly comment: string;
  readonly severity: 'error';
  readonly from: Side;
  readonly to: Side;
}

const npm: readonly string[] = ['npm', 'npm-dev', 'npm-optional', 'npm-peer', 'npm-no-pkg', 'npm-unknown'];

/** All rules that follow from the table in rooms.ts, in a stable order. */
function cruiserRules(): CruiserRule[] {
  const names = Object.keys(rooms);
  return [
    rule(
      'room-unknown',
      `src has these rooms: ${names.join(', ')}`,
      { path: '^src/', pathNot: roomsPath(names) },
      {},
    ),
    rule(
      'room-unknown-target',
      'a file of src belongs to a room',
      {},
      { path: '^src/', pathNot: roomsPath(names) },
    ),
    ...Object.entries(rooms).map(([name, room]) => arrowRule(name, room)),
    ...nodeModuleRules(),
    ...packageRules(),
    rule(
      'schema-at-run-time',
      'a *.schema.ts pulls in zod: use the generated validator; its types may be imported by `import type`',
      { path: '^src/', pathNot: schemaFiles },
      { path: schemaFiles, dependencyTypesNot: ['type-only'] },
    ),
    rule(
      'product-imports-tools',
      'src knows nothing of hack and test',
      { path: '^src/' },
      { path: '^(hack|test)/' },
    ),
    rule(
      'unresolvable',
      'an import that leads nowhere; std and sys exist in QuickJS only',
      { pathNot: quickjsFile },
      { couldNotResolve: true },
    ),
    rule(
      'cycle',
      'files that need each other cannot be understood or loaded one by one',
      { path: '^(src|hack|test)/' },
      { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    ),
  ];
}

/** The text of .dependency-cruiser.json. */
export function cruiserConfig(): string {
  const config = {
    $schema: './node_modules/dependency-cruiser/src/schema/configuration.schema.json',
    forbidden: cruiserRules(),
    options: {
      // TypeScript 7 has no compiler API, so swc reads the sources. It keeps type-only imports, which are arrows too.
      parser: 'swc',
      tsPreCompilationDeps: true,
      doNotFollow: { path: 'node_modules' },
      enhancedResolveOptions: {
        exportsFields: ['exports'],
        conditionNames: ['import', 'node', 'default', 'types'],
      },
    },
  };
  return `${JSON.stringify(config, null, 2)}\n`;
}

function arrowRule(name: string, room: Room): CruiserRule {
  const allowed = room.mayImport.length === 0 ? 'nothing else' : room.mayImport.join(', ');
  return rule(
    `room-${name}`,
    `src/${name} may import from: ${allowed}`,
    { path: `^src/${name}/` },
    { path: '^src/', pathNot: roomsPath([name, ...room.mayImport]) },
  );
}

function nodeModuleRules(): CruiserRule[] {
  return [
    rule(
      'portable-needs-no-node',
      'portable rooms and the plugin run in QuickJS: no node: module',
      { path: roomsPath([...roomsOf('portable'), ...roomsOf('quickjs')]), pathNot: quickjsFile },
      { dependencyTypes: ['core'] },
    ),
    rule(
      'quickjs-only-std-os-sys',
      'sys-quickjs.ts imports QuickJS modules only; dependency-cruiser takes `os` and `sys` for those of Node',
      { path: quickjsFile },
      { dependencyTypes: ['core'], pathNot: '^(os|sys)$' },
    ),
    rule(
      'pure-room-without-io',
      `pure rooms do no I/O; of Node they may use: ${pureNodeModules.join(', ')}`,
      { path: roomsPath(roomsOf('pure')) },
      { dependencyTypes: ['core'], pathNot: `^(node:)?(${pureNodeModules.join('|')})$` },
    ),
    rule(
      'http-by-getter',
      'importing node:http at run time loads its WebSocket client, 14 MiB: take it from process.getBuiltinModule',
      { path: '^src/' },
      { dependencyTypes: ['core'], path: '^(node:)?http$', dependencyTypesNot: ['type-only'] },
    ),
    rule(
      'no-child-process',
      'delegates run on the host, in the plugin; nothing else starts a process or evaluates text',
      { path: '^src/' },
      { dependencyTypes: ['core'], path: `^(node:)?(${forbiddenNodeModules.join('|')})$` },
    ),
  ];
}

function packageRules(): CruiserRule[] {
  const known = packages.map((entry) => entry.name).join('|');
  const unknown = rule(
    'package-unknown',
    'a new npm package in src needs a row in hack/arrows/rooms.ts',
    { path: '^src/' },
    { dependencyTypes: npm, pathNot: `node_modules/(${known})/` },
  );
  const perPackage = packages.flatMap((entry) => {
    const path = `node_modules/${entry.name}/`;
    const where = rule(
      `package-${entry.name}`,
      `${entry.name} may be imported in ${entry.allowedIn} only`,
      { path: '^src/', pathNot: entry.allowedIn },
      { path },
    );
    if (entry.lazy !== true) return [where];
    const lazy = rule(
      `package-${entry.name}-lazy`,
      `what imports ${entry.name} is loaded by await import() only, so that it costs nothing where it is not needed`,
      { path: '^src/', pathNot: entry.allowedIn },
      { path: entry.allowedIn, dynamic: false, dependencyTypesNot: ['type-only'] },
    );
    return [where, lazy];
  });
  return [unknown, ...perPackage];
}

function rule(name: string, comment: string, from: Side, to: Side): CruiserRule {
  return { name, comment, severity: 'error', from, to };
}

function roomsOf(kind: RoomKind): string[] {
  return Object.keys(rooms).filter((name) => rooms[name]?.kind === kind);
}

function roomsPath(names: readonly string[]): string {
  return `^src/(${names.join('|')})/`;
}

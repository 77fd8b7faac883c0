/** A file of src, hack or test. */
export interface SourceFile {
  /** Relative to the checkout. */
  readonly path: string;
  readonly lines: number;
}

/** Longest file of src without an entry in long-files.json. */
const usualLimit = 300;

/** Names that say nothing about what is inside, as file or folder. */
const empty: readonly string[] = [
  'utils',
  'util',
  'helpers',
  'helper',
  'common',
  'shared',
  'misc',
  'types',
  'index',
];

/** `reasons`: path → why this file may be long. A reason for a file that is short or gone is a problem too. */
export function fileProblems(
  files: readonly SourceFile[],
  reasons: Readonly<Record<string, string>>,
  rooms: readonly string[],
): string[] {
  const long = new Set(files.filter(isLong).map((file) => file.path));
  return [
    ...[...long]
      .filter((path) => (reasons[path] ?? '') === '')
      .map((path) => `${path}: over ${usualLimit} lines without a reason in hack/verify/long-files.json`),
    ...Object.keys(reasons)
      .filter((path) => !long.has(path))
      .map((path) => `hack/verify/long-files.json: ${path} is not long any more, or gone`),
    ...files.filter(hasEmptyName).map((file) => `${file.path}: name it after what is in it`),
    ...files
      .filter((file) => file.path.startsWith('src/') && !rooms.includes(file.path.split('/')[1] ?? ''))
      .map((file) => `${file.path}: not in a room of hack/arrows/rooms.ts`),
  ];
}

function isLong(file: SourceFile): boolean {
  return file.path.startsWith('src/') && file.lines > usualLimit && !file.path.includes('.generated.');
}

function hasEmptyName(file: SourceFile): boolean {
  return file.path.split('/').some((part) => empty.includes(part.replace(/\.(ts|mts|js|c|h|sh)$/, '')));
}

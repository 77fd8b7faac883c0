import { readFileSync } from 'node:fs';

/** A call of one of the replicas, as the audit log has it. */
export interface AuditedCall {
  readonly stage: 'ResponseStarted' | 'ResponseComplete' | 'Panic';
  readonly verb: string;
  readonly requestURI: string;
  readonly user: { readonly username: string };
  readonly objectRef?: { readonly resource: string; readonly subresource?: string };
}

/** In the order of their answers. */
export function auditedCalls(file: string): readonly AuditedCall[] {
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.filter((line) => line.endsWith('}')).map((line) => JSON.parse(line) as AuditedCall);
}

/** What is wrong with the calls of the replicas, which had so many networks to write about; prints how many they were. */
export function callProblems(calls: readonly AuditedCall[], networks: number): readonly string[] {
  const written = calls.filter(
    ({ verb, objectRef }) => verb === 'patch' && objectRef?.subresource === 'status',
  );
  console.log(`writes of a status: ${written.length}`);
  const names = [...new Set(calls.map(({ user }) => user.username))];
  return [
    ...names.flatMap((name) =>
      podProblems(
        name,
        calls.filter(({ user }) => user.username === name),
      ),
    ),
    ...(names.length === 2 ? [] : [`${names.length} replicas instead of two called the API server`]),
    ...(written.length === networks ? [] : [`${written.length} writes for ${networks} networks`]),
  ];
}

/** One list of all pods in pages, and the watch that goes on from it, are all that a replica may ask of pods. */
function podProblems(name: string, calls: readonly AuditedCall[]): readonly string[] {
  const ofPods = calls.filter(({ objectRef }) => objectRef?.resource === 'pods');
  const pages = ofPods
    .filter(({ verb }) => verb === 'list')
    .map(({ requestURI }) => new URL(requestURI, 'http://x'));
  const lists = pages.filter(({ searchParams }) => !searchParams.has('continue')).length;
  const watches = ofPods.filter(({ verb, stage }) => verb === 'watch' && stage === 'ResponseStarted').length;
  console.log(
    `replica ${name}: ${calls.length} calls; of pods ${lists} list in ${pages.length} pages and ${watches} watch`,
  );
  const isPaged =
    pages.length > 1 && pages.every(({ searchParams }) => Number(searchParams.get('limit')) <= 500);
  const isAll = ofPods.every(({ verb }) => verb === 'list' || verb === 'watch');
  if (lists === 1 && watches === 1 && isPaged && isAll) return [];
  return [`replica ${name} does not read pods once, in pages, and then watch them`];
}

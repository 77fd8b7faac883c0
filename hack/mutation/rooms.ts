/** The rooms whose tests are judged by mutation: the portable ones and the pure ones (DESIGN §4). In its order. */
export const mutatedRooms: readonly string[] = [
  'errors',
  'cni',
  'attachment',
  'wire',
  'executor',
  'api',
  'selection',
  'netconf',
  'resolve',
];

/** What Stryker changes: the sources of these rooms, not what is generated or only describes a shape. */
export function mutatedFiles(rooms: readonly string[]): readonly string[] {
  return [
    ...rooms.map((room) => `src/${room}/**/*.ts`),
    '!src/**/*.generated.*',
    // zod's schemas run when code is generated, not in a test.
    '!src/**/*.schema.ts',
  ];
}

import type { Frame } from './frame.ts';

/** JSON type of a field; `strings` is an array of strings. */
export type Kind = 'string' | 'boolean' | 'object' | 'strings';

/** The known fields of each frame beyond its head, every one required. The record's and the plan's inside is theirs to check. */
export const frameFields: Readonly<Record<Frame['type'], Readonly<Record<string, Kind>>>> = {
  request: { sender: 'string', verb: 'string', env: 'object', stdin: 'string', features: 'strings' },
  held: { sender: 'string' },
  plan: { sender: 'string', plan: 'object', requires: 'strings' },
  refuse: { sender: 'string', cniError: 'object' },
  outcome: { sender: 'string', verb: 'string', record: 'object', ok: 'boolean', ms: 'object' },
  done: { sender: 'string' },
};

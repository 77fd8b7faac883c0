import { namesIn } from './names-free.ts';
import type { Operation, WorkingRecord } from './working-record.ts';

/**
 * The name of a link that is not finished: macvlan, ipvlan and vlan make theirs in the sandbox under
 * `ip.RandomVethName()` of containernetworking/plugins and rename it. Killed in between, they leave one that no DEL knows.
 */
const unfinishedName = /^veth[0-9a-f]{8}$/;

/** Removing one waits for the kernel's lock on links. */
const removeMs = 5000;

/** Names that a killed delegate may have left: not there before ADD, and never anybody's final name. */
export function halfMadeNames(before: readonly string[], now: readonly string[]): readonly string[] {
  return now.filter((name) => unfinishedName.test(name) && !before.includes(name));
}

/**
 * Removes from the sandbox what an ADD that never succeeded has left half-made. To be called once every undo has run;
 * again does no harm. Never throws: such a link holds no address, and ends with the namespace at the latest.
 */
export function removeHalfMade({ sys, context }: Operation, working: WorkingRecord): void {
  const { linksBefore } = working.record;
  if (linksBefore === undefined || context.netns === '') return;
  try {
    for (const name of halfMadeNames(linksBefore, namesIn(sys, context.netns))) {
      sys.removeLink(context.netns, name, sys.monotonicMs() + removeMs);
    }
  } catch {
    // The namespace is gone, or the kernel is in trouble of which the delegates' own DEL has told already.
  }
}

import { parseArgs } from './args.ts';

/** Keys of CNI_ARGS by which a caller asks for addresses (CONVENTIONS.md, deprecated there; the static plugin). */
const addressKeys: readonly string[] = ['IP', 'MAC', 'GATEWAY'];

/**
 * CNI_ARGS as a delegate gets them: what the runtime sent (CNI-403), but
 *
 * - with `IgnoreUnknown=1` where it says neither yes nor no: the keys were meant for weft, and a plugin that reads
 *   CNI_ARGS refuses those that it does not know (CNI-014);
 * - without addresses, unless the delegate is the default network's: they are the caller's wish for the interface of its
 *   request, and another network's plugins would take them for theirs (CNI-237, CNI-239).
 */
export function argsForDelegate(received: string, isDefault: boolean): string {
  const args = isDefault ? received : withoutAddresses(received);
  return args === '' || /(^|;)IgnoreUnknown=/.test(args) ? args : `IgnoreUnknown=1;${args}`;
}

/** A text without such keys, or one that nobody can read, stays as it is. */
function withoutAddresses(text: string): string {
  if (!/(^|;)(IP|MAC|GATEWAY)=/.test(text)) return text;
  try {
    const kept = [...parseArgs(text)].filter(([key]) => !addressKeys.includes(key));
    return kept.map(([key, value]) => `${key}=${value}`).join(';');
  } catch {
    return text;
  }
}

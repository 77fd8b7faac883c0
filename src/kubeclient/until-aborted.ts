/**
 * What `work` gives, or a rejection with the signal's reason as soon as that is aborted; then nobody looks any more at
 * what becomes of the work. undici hears of an abort only once it is connected, a credential program never.
 */
export function untilAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const end = (): void => reject(signal.reason);
    if (signal.aborted) end();
    signal.addEventListener('abort', end, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', end));
  });
}

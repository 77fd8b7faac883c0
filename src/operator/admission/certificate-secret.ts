import type { Generation } from './certificate-schedule.ts';

/** Key of the Secret that holds everything; the only one that is read. */
const dataKey = 'generations.json';

/** For people and for tests: the authorities alone, PEM. */
const bundleKey = 'ca.crt';

/** `data` of the Secret for these, base64. */
export function secretData(generations: readonly Generation[], bundle: string): Record<string, string> {
  return { [dataKey]: base64(JSON.stringify(generations)), [bundleKey]: base64(bundle) };
}

/**
 * What the Secret holds, the oldest first; none where it is empty, as the manifests bring it. undefined: somebody has
 * written something else there.
 */
export function generationsIn(data: unknown): readonly Generation[] | undefined {
  const text = (data as Readonly<Record<string, unknown>> | undefined)?.[dataKey];
  if (text === undefined) return [];
  if (typeof text !== 'string') return undefined;
  try {
    const list = JSON.parse(Buffer.from(text, 'base64').toString('utf8')) as unknown;
    return Array.isArray(list) && list.every(isGeneration) ? list : undefined;
  } catch {
    return undefined;
  }
}

function isGeneration(value: unknown): value is Generation {
  const { ca, certificate, key, notBefore, notAfter, publishedAt } = (value ?? {}) as Record<string, unknown>;
  return (
    [ca, certificate, key].every((part) => typeof part === 'string') &&
    [notBefore, notAfter, publishedAt ?? 0].every((time) => typeof time === 'number')
  );
}

function base64(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64');
}

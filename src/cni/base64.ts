const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/**
 * Text from standard base64 of its UTF-8 bytes, as Go writes `[]byte` into JSON. Undefined if it is not base64 or the
 * bytes are not UTF-8. Portable code has no atob and no TextDecoder.
 */
export function textFromBase64(encoded: string): string | undefined {
  if (encoded.length % 4 !== 0) return undefined;
  // Each byte as %XX: the engine's own URI decoder is strict UTF-8.
  let percent = '';
  let bits = 0;
  let held = 0;
  for (const char of encoded.replace(/={1,2}$/, '')) {
    const value = alphabet.indexOf(char);
    if (value < 0) return undefined;
    bits = ((bits << 6) | value) & 0xffff;
    held += 6;
    if (held < 8) continue;
    held -= 8;
    percent += `%${((bits >> held) & 0xff).toString(16).padStart(2, '0')}`;
  }
  try {
    return decodeURIComponent(percent);
  } catch {
    return undefined;
  }
}

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

/** Standard base64 of the text's UTF-8 bytes. Throws URIError where a surrogate stands alone. */
export function base64FromText(text: string): string {
  const bytes = encodeURIComponent(text).match(/%[0-9A-F]{2}|[^%]/g) ?? [];
  let encoded = '';
  let held = 0;
  let bits = 0;
  for (const byte of bytes) {
    const value = byte.length === 3 ? Number.parseInt(byte.slice(1), 16) : byte.charCodeAt(0);
    bits = ((bits << 8) | value) & 0xffff;
    held += 8;
    while (held >= 6) {
      held -= 6;
      encoded += alphabet[(bits >> held) & 0x3f];
    }
  }
  if (held > 0) encoded += alphabet[(bits << (6 - held)) & 0x3f];
  return encoded.padEnd(Math.ceil(encoded.length / 4) * 4, '=');
}

/**
 * How many bytes a text has in UTF-8. Portable code has neither Buffer nor TextEncoder, and the kernel counts bytes
 * where JavaScript counts UTF-16 units. A lone surrogate counts as the three bytes of U+FFFD that replace it.
 */
export function utf8Length(text: string): number {
  let bytes = 0;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code < 0x80) bytes += 1;
    else if (code < 0x800) bytes += 2;
    else if (isHighSurrogate(code) && isLowSurrogate(text.charCodeAt(index + 1))) {
      bytes += 4;
      index += 1;
    } else bytes += 3;
  }
  return bytes;
}

/** True if no surrogate stands alone, so that the text has a UTF-8 form. */
export function isWellFormed(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (isLowSurrogate(code)) return false;
    if (!isHighSurrogate(code)) continue;
    if (!isLowSurrogate(text.charCodeAt(index + 1))) return false;
    index += 1;
  }
  return true;
}

function isHighSurrogate(code: number): boolean {
  return code >= 0xd800 && code <= 0xdbff;
}

function isLowSurrogate(code: number): boolean {
  return code >= 0xdc00 && code <= 0xdfff;
}

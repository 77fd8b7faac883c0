/**
 * SHA-256 (FIPS 180-4) of the text's UTF-16 code units, big endian, as lower-case hex.
 *
 * Only for shortening over-long container IDs to file names, where a collision would mix up two sandboxes; portable
 * rooms have no native one. Not fast.
 */
export function sha256(text: string): string {
  const words = padded(text);
  const hash = [...initial];
  for (let block = 0; block < words.length; block += 16) compress(hash, words, block);
  return hash.map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('');
}

const initial: readonly number[] = [
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
];

/** The first 32 bits of the fractional parts of the cube roots of the first 64 primes. */
function roundConstants(): readonly number[] {
  const constants: number[] = [];
  for (let candidate = 2; constants.length < 64; candidate += 1) {
    let prime = true;
    for (let divisor = 2; divisor * divisor <= candidate; divisor += 1) prime &&= candidate % divisor !== 0;
    if (prime) constants.push(((Math.cbrt(candidate) % 1) * 0x100000000) | 0);
  }
  return constants;
}

function padded(text: string): number[] {
  const bits = text.length * 16;
  const units: number[] = [];
  for (let index = 0; index < text.length; index += 1) units.push(text.charCodeAt(index));
  units.push(0x8000);
  while (units.length % 32 !== 28) units.push(0);
  units.push(0, 0, bits >>> 16, bits & 0xffff);
  const words: number[] = [];
  for (let index = 0; index < units.length; index += 2) {
    words.push(((units[index] ?? 0) << 16) | (units[index + 1] ?? 0));
  }
  return words;
}

function rotate(word: number, by: number): number {
  return (word >>> by) | (word << (32 - by));
}

function compress(hash: number[], words: readonly number[], block: number): void {
  const schedule = words.slice(block, block + 16);
  const at = (index: number): number => schedule[index] ?? 0;
  for (let index = 16; index < 64; index += 1) {
    const near = at(index - 15);
    const far = at(index - 2);
    const small0 = rotate(near, 7) ^ rotate(near, 18) ^ (near >>> 3);
    const small1 = rotate(far, 17) ^ rotate(far, 19) ^ (far >>> 10);
    schedule.push((at(index - 16) + small0 + at(index - 7) + small1) | 0);
  }
  let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = hash;
  roundConstants().forEach((constant, index) => {
    const big1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
    const first = (h + big1 + ((e & f) ^ (~e & g)) + constant + at(index)) | 0;
    const big0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
    const second = (big0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + first) | 0;
    d = c;
    c = b;
    b = a;
    a = (first + second) | 0;
  });
  [a, b, c, d, e, f, g, h].forEach((word, index) => {
    hash[index] = ((hash[index] ?? 0) + word) | 0;
  });
}

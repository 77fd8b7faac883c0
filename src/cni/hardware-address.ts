/** The three spellings that Go's parser takes, hence every delegate: `00:11:…`, `00-11-…`, `0011.2233.…`. */
export function isHardwareAddress(text: string, bytes: number): boolean {
  const rest = bytes - 1;
  const pattern = `^([0-9a-f]{2}(:[0-9a-f]{2}){${rest}}|[0-9a-f]{2}(-[0-9a-f]{2}){${rest}}|[0-9a-f]{4}(\\.[0-9a-f]{4}){${bytes / 2 - 1}})$`;
  return new RegExp(pattern, 'i').test(text);
}

/** e_machine, by Node's name of the architecture. */
const machines: Readonly<Record<string, number>> = { x64: 62, arm64: 183 };

const headerBytes = 64;

/**
 * Why a file cannot be run on this architecture (`process.arch`), undefined if nothing speaks against it: whether it is a
 * 64-bit little-endian ELF for this machine, and all there. The agent starts no processes, so it cannot just try.
 */
export function elfComplaint(file: Uint8Array, architecture: string): string | undefined {
  if (file.byteLength < headerBytes) return 'is no program';
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  // 0x7f E L F, 64 bits, little-endian.
  if (view.getUint32(0) !== 0x7f454c46 || view.getUint16(4) !== 0x0201) return 'is no program';
  const machine = view.getUint16(18, true);
  if (machine !== machines[architecture])
    return `is a program for another machine (ELF ${machine}, not ${architecture})`;
  return endOfSegments(view) > file.byteLength ? 'is cut off' : undefined;
}

/** Offset behind the last byte that the program headers speak of; Infinity if they are cut off themselves. */
function endOfSegments(view: DataView): number {
  const start = Number(view.getBigUint64(32, true));
  const size = view.getUint16(54, true);
  const count = view.getUint16(56, true);
  let end = start + size * count;
  if (end > view.byteLength) return Infinity;
  for (let at = start; at < start + size * count; at += size)
    end = Math.max(end, Number(view.getBigUint64(at + 8, true) + view.getBigUint64(at + 32, true)));
  return end;
}

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import type { ClusterNode } from '../../../hack/cluster/node.ts';
import type { AttachmentRecord } from '../../../src/attachment/record.ts';
import { decodeRecord } from '../../../src/attachment/record-codec.ts';

/** Every durable record of a node, leftovers and damaged ones too. Throws for one that cannot be read. */
export function recordsOf(node: ClusterNode): readonly AttachmentRecord[] {
  const dir = join(node.paths.varLibWeft, 'attachments');
  return readdirSync(dir).map((name) => {
    const decoded = decodeRecord(readFileSync(join(dir, name), 'utf8'), crc32);
    if (!decoded.ok) throw new Error(`${name}: ${decoded.damage}`);
    return decoded.record;
  });
}

/** The id of the node's present boot, as weft has it. */
export function weftBootId(node: ClusterNode): string {
  return readFileSync(join(node.paths.runWeft, 'boot-id'), 'utf8').trim();
}

/** Addresses that host-local has given out on a node for a network, by the CNI name of it. */
export function reservedAddresses(node: ClusterNode, network: string): readonly string[] {
  return readdirSync(join(node.paths.varLibCni, 'networks', network)).filter((name) =>
    /^[0-9.]+$/.test(name),
  );
}

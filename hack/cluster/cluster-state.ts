import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { ClusterTools } from '../toolchain/tools.ts';
import { ClusterError } from './cluster-error.ts';
import type { Layout } from './layout.ts';

/** What a cluster knows about itself, in cluster.json. */
export interface ClusterState {
  /** Format of this file. */
  readonly format: 1;
  readonly id: string;
  readonly name: string;
  /** Port on 127.0.0.1. */
  readonly port: number;
  /** Numbers of its nodes. */
  readonly nodes: readonly number[];
  readonly defaultNetwork: boolean;
  /** Archives that every node imports. */
  readonly images: readonly string[];
  /** Where its programs are. */
  readonly tools: ClusterTools;
  /** ISO time at which `up` was done; absent: it is still at work, or was killed. */
  readonly upSince?: string;
}

/** Writes it so that a reader finds the old or the new one. */
export function writeState(layout: Layout, state: ClusterState): void {
  const temp = `${layout.stateFile}.new`;
  const fd = openSync(temp, 'w', 0o600);
  try {
    writeFileSync(fd, `${JSON.stringify(state, null, 2)}\n`);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  renameSync(temp, layout.stateFile);
}

/** Undefined if there is none. Throws ClusterError on one that another version of the harness wrote, or on rubbish. */
export function readState(layout: Layout): ClusterState | undefined {
  let text: string;
  try {
    text = readFileSync(layout.stateFile, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  const state = parse(text);
  if (state?.format === 1) return state;
  throw new ClusterError(
    `${layout.stateFile} cannot be read by this version; remove the cluster: make cluster-down`,
  );
}

function parse(text: string): ClusterState | undefined {
  try {
    return JSON.parse(text) as ClusterState;
  } catch {
    return undefined;
  }
}

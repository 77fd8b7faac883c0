import type { Sys } from '../executor/sys.ts';

/** The process around a verb: the system, its output and what version it is. Passed in, so that tests can stand in. */
export interface Host {
  readonly sys: Sys;
  /** Program arguments without the program. */
  readonly args: readonly string[];
  /** Version of weft. */
  readonly version: string;
  /** Everything at once: stdout carries one JSON document or nothing (CNI-018). */
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
}

/** Configuration larger than this is refused; a runtime reads files of 2 MiB at most. */
export const stdinBytes: number = 4 * 1024 * 1024;

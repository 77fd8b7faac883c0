import type { ValidAttachment } from '../cni/valid-attachments.ts';
import type { Budgets } from './budgets.ts';
import type { Directories } from './state-paths.ts';
import type { Sys } from './sys.ts';

/** One GC. The caller holds the GC lock alone. */
export interface GcRun {
  readonly sys: Sys;
  readonly directories: Directories;
  readonly bootId: string;
  readonly budgets: Budgets;
  /** CNI_PATH in order; may be empty. */
  readonly cniPath: readonly string[];
  /** What the runtime still uses. */
  readonly listed: readonly ValidAttachment[];
}

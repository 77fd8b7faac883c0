import type { AttachmentRecord } from '../../attachment/record.ts';
import type { Count, Metrics } from '../../daemon/metrics.ts';
import type { StatusSink } from './status-sink.ts';

/** Standalone mode has nobody to tell: who wants to know asks `weft inspect`. Counts the records it is given. */
export class CountingStatus implements StatusSink {
  readonly #outcomes: Count;

  constructor(metrics: Metrics) {
    this.#outcomes = metrics.count({
      name: 'weft_outcomes_total',
      help: 'Records that plugins handed to the agent.',
      initial: [{}],
    });
  }

  write(_record: AttachmentRecord): Promise<void> {
    this.#outcomes.add();
    return Promise.resolve();
  }
}

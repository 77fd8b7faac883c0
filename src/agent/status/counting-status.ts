import type { AttachmentRecord } from '../../attachment/record.ts';
import type { Metrics } from '../../daemon/metrics.ts';
import type { StatusSink } from './status-sink.ts';

/** Standalone mode has nobody to tell: who wants to know asks `weft inspect`. Counts the records it is given. */
export class CountingStatus implements StatusSink {
  #outcomes = 0;

  constructor(metrics: Metrics) {
    const help = 'Records that plugins handed to the agent.';
    metrics.tally({ name: 'weft_outcomes_total', help }, () => this.#outcomes);
  }

  write(_record: AttachmentRecord): undefined {
    this.#outcomes += 1;
  }
}

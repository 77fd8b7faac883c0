import type { Metrics } from '../daemon/metrics.ts';
import type { Slots } from './serve/slots.ts';
import { countRecords } from './sources/record-counts.ts';

/** What the gauges look at when somebody scrapes. */
export interface GaugeSources {
  readonly version: string;
  readonly stateDir: string;
  readonly slots: Slots;
  readonly notReady: () => readonly string[];
  readonly warnings: () => readonly string[];
}

/** Registers the agent's gauges. */
export function registerGauges(metrics: Metrics, sources: GaugeSources): void {
  const { version, stateDir, slots, notReady, warnings } = sources;
  metrics.info({ name: 'weft_build_info', help: 'Version of the agent.', labels: ['version'] }, { version });
  const gauge = (name: string, help: string, read: () => number | undefined): void =>
    metrics.gauge({ name, help }, read);
  gauge('weft_ready', '1 if /readyz says so.', () => (notReady().length === 0 ? 1 : 0));
  gauge('weft_warnings', 'Warnings that /readyz lists.', () => warnings().length);
  gauge('weft_plans_out', 'Plans whose outcome is not known yet.', () => slots.taken);
  gauge('weft_plans_held', 'Requests that wait for a plan.', () => slots.waiting);
  gauge('weft_attachments', 'Sandboxes with a durable record.', () => countRecords(stateDir)?.records);
  gauge('weft_leftovers', 'Attachments that no DEL could undo.', () => countRecords(stateDir)?.leftovers);
  gauge(
    'weft_records_damaged',
    'Records set aside because they are damaged.',
    () => countRecords(stateDir)?.damaged,
  );
}

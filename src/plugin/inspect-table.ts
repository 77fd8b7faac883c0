import { effectiveResultOf } from '../attachment/effective-result.ts';
import type { AttachmentRecord, StepRecord } from '../attachment/record.ts';
import type { SandboxView } from '../executor/sandbox-list.ts';

const header = ['SANDBOX', 'POD', 'NETWORK', 'INTERFACE', 'STATE', 'IPS', 'AGE'];

/** One line an attachment, columns aligned with spaces as kubectl does. */
export function formatTable(views: readonly SandboxView[], nowMs: number): string {
  const rows = [header, ...views.flatMap((view) => rowsOf(view, nowMs))];
  const widths = header.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('   ')
      .trimEnd(),
  );
  return `${lines.join('\n')}\n`;
}

function rowsOf(view: SandboxView, nowMs: number): readonly (readonly string[])[] {
  if (view.kind === 'damaged')
    return [[view.file.slice(0, 12), '<unknown>', '<unknown>', '', 'damaged', '', '']];
  const { record } = view;
  const delegates = record.steps.filter((step) => step.step.kind === 'delegate');
  const identity = [record.sandbox.containerId.slice(0, 12), podOf(record)];
  const age = ageOf(nowMs - record.createdAt);
  if (delegates.length === 0) {
    const state = record.damaged === undefined ? 'refused' : 'damaged';
    return [[...identity, '<none>', record.sandbox.ifname, state, '', age]];
  }
  return delegates.map((step) => [...identity, ...cellsOf(record, step), age]);
}

function podOf(record: AttachmentRecord): string {
  return record.pod === undefined ? '<none>' : `${record.pod.namespace}/${record.pod.name}`;
}

function cellsOf(record: AttachmentRecord, step: StepRecord): readonly string[] {
  if (step.step.kind !== 'delegate') return [];
  const ips = step.state === 'pending' ? [] : (effectiveResultOf(record, step)?.ips ?? []);
  return [step.step.network, step.step.ifname, step.state, ips.map((ip) => ip.address).join(',')];
}

/** `12s`, `5m`, `3h`, `2d`, as kubectl prints ages. */
function ageOf(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 120) return `${seconds}s`;
  if (seconds < 7200) return `${Math.floor(seconds / 60)}m`;
  if (seconds < 172_800) return `${Math.floor(seconds / 3600)}h`;
  return `${Math.floor(seconds / 86_400)}d`;
}

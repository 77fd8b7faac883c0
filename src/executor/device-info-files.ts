import { deviceInfoBytes, readDeviceInfo } from '../attachment/device-info.ts';
import { attachmentInfoDir, attachmentInfoFile, devicePluginFile } from '../attachment/device-info-paths.ts';
import { type DelegateStep, delegatesOf, hasDeviceInfo } from '../attachment/plan.ts';
import type { AttachmentRecord } from '../attachment/record.ts';
import type { DelegateContext } from './delegate.ts';
import { isErrno, SysError, type SysFiles } from './sys.ts';
import { removeFile, temporaryOf } from './write-file.ts';

/**
 * The files by which device plugins and delegates tell about devices (device-info-spec 1.1, section 4). None of this
 * fails an ADD or a DEL: a file that is missing is usual, and everything else a warning (NPWG-189, 196). Attachments
 * for which nobody may write a file cost no system call.
 */

/** Everybody may look which devices pods have, as the specification's own library has it for its files. */
const directoryMode = 0o755;

/** What was found, and in plain sentences what went wrong. */
export interface FoundDeviceInfo {
  /** The file's text; absent where there is none that can be used. */
  readonly text?: string;
  readonly warnings: readonly string[];
}

/**
 * Before ADD: makes the directory and copies what the device plugin says into the attachment's file (NPWG-188, 193).
 * One that is there already stays: a delegate made it. Returns warnings.
 */
export function offerDeviceInfo(
  sys: SysFiles,
  context: DelegateContext,
  step: DelegateStep,
): readonly string[] {
  if (!hasDeviceInfo(step)) return [];
  const { deviceInfoDir, containerId } = context;
  const source = step.device === undefined ? undefined : devicePluginFile(deviceInfoDir, step.device);
  try {
    makeDirectories(sys, attachmentInfoDir(deviceInfoDir));
    const text = source === undefined ? undefined : readIfThere(sys, source);
    if (text !== undefined) writeNew(sys, attachmentInfoFile(deviceInfoDir, containerId, step), text);
    return [];
  } catch (error) {
    return [warning(step, error)];
  }
}

/** After ADD: what the attachment's file says, whoever wrote it (NPWG-192). */
export function readBackDeviceInfo(
  sys: SysFiles,
  context: DelegateContext,
  step: DelegateStep,
): FoundDeviceInfo {
  if (!hasDeviceInfo(step)) return { warnings: [] };
  try {
    const text = readIfThere(sys, attachmentInfoFile(context.deviceInfoDir, context.containerId, step));
    if (text === undefined) return { warnings: [] };
    const read = readDeviceInfo(text);
    if (read.ok) return { text, warnings: [] };
    return { warnings: [`device information of ${where(step)} cannot be used: ${read.fault}`] };
  } catch (error) {
    return { warnings: [warning(step, error)] };
  }
}

/**
 * After an undo: removes the files of every attachment of which nothing else exists (NPWG-194), those that ADD was
 * killed over included. Again does no harm. Files of device plugins are theirs (NPWG-195).
 */
export function dropDeviceInfo(sys: SysFiles, record: AttachmentRecord): void {
  const gone = record.steps.flatMap(({ step, state }) => (state === 'pending' ? [step] : []));
  for (const step of delegatesOf(gone)) {
    if (!hasDeviceInfo(step)) continue;
    const { containerId } = record.sandbox;
    const path = attachmentInfoFile(record.deviceInfoDir, containerId, step);
    // Some hundred bytes in memory are no reason to call the delegates again.
    removeFile(sys, temporaryOf(path), true);
    removeFile(sys, path, true);
  }
}

function readIfThere(sys: SysFiles, path: string): string | undefined {
  try {
    return sys.readText(path, deviceInfoBytes);
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/** Whole or not at all, and never over another: link(2) refuses that, and rename(2) would not. */
function writeNew(sys: SysFiles, path: string, text: string): void {
  const temporary = temporaryOf(path);
  const file = sys.open(temporary, 'replace');
  try {
    sys.write(file, text);
  } finally {
    sys.close(file);
  }
  try {
    sys.link(temporary, path);
  } catch (error) {
    if (!isErrno(error, 'EEXIST')) throw error;
  } finally {
    sys.unlink(temporary);
  }
}

function makeDirectories(sys: SysFiles, path: string): void {
  if (path === '' || sys.stat(path)?.kind === 'directory') return;
  makeDirectories(sys, path.slice(0, path.lastIndexOf('/')));
  try {
    sys.mkdir(path, directoryMode);
  } catch (error) {
    // Another pod's ADD was quicker.
    if (!isErrno(error, 'EEXIST')) throw error;
  }
}

function warning(step: DelegateStep, error: unknown): string {
  const what = error instanceof SysError ? `${error.subject.slice(-120)}: ${faultOf(error)}` : String(error);
  return `device information of ${where(step)}: ${what}`;
}

function faultOf({ errno }: SysError): string {
  if (errno === 'EFBIG') return `more than ${deviceInfoBytes} bytes`;
  return errno === 'EILSEQ' ? 'not UTF-8' : errno;
}

function where(step: DelegateStep): string {
  return `${step.network} on ${step.ifname}`;
}

import type { DelegateStep, DeviceRef } from './plan.ts';
import { sha256 } from './sha256.ts';

/**
 * Where device information files are unless our configuration says otherwise (device-info-spec 1.1, section 4). Records
 * that name no directory mean this one, so it never changes.
 */
export const defaultDeviceInfoDir = '/var/run/k8s.cni.cncf.io/devinfo';

/** File names end at 255 bytes, and `.tmp` may come behind. */
const longestPlain = 200;

/** Of the files that stand for attachments: weft's and the delegates'. */
export function attachmentInfoDir(deviceInfoDir: string = defaultDeviceInfoDir): string {
  return `${deviceInfoDir}/cni`;
}

/**
 * The file of one attachment: unique, because no other attachment of the container has its interface (NPWG-187), and
 * the same at every call, so that whoever takes over after a crash finds it. Named as Multus names it (NPWG-186), so
 * that a pod that Multus attached loses its file too.
 */
export function attachmentInfoFile(
  deviceInfoDir: string | undefined,
  containerId: string,
  step: Pick<DelegateStep, 'network' | 'ifname'>,
): string {
  const plain = fileName(`${step.network}-${containerId}_${step.ifname}`);
  const name = isPlain(plain) ? plain : `weft-${sha256(plain)}`;
  return `${attachmentInfoDir(deviceInfoDir)}/${name}`;
}

/** The file that the device plugin writes about its device (NPWG-185). It is never ours to change (NPWG-195). */
export function devicePluginFile(deviceInfoDir: string | undefined, device: DeviceRef): string {
  return `${deviceInfoDir ?? defaultDeviceInfoDir}/dp/${fileName(`${device.resource}-${device.id}-device.json`)}`;
}

/** Without a slash nothing leaves the directory, and behind what is put together above no name is `..`. */
function fileName(text: string): string {
  return text.replaceAll('/', '-');
}

function isPlain(name: string): boolean {
  return name.length <= longestPlain && /^[A-Za-z0-9._:@=-]+$/.test(name);
}

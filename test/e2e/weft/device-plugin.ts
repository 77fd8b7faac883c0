import type { Buffer } from 'node:buffer';
import { mkdirSync, writeFileSync } from 'node:fs';
import type { ClusterNode } from '../../../hack/cluster/node.ts';
import { grpcCall } from '../../../src/agent/devices/grpc-call.ts';
import { fieldsOf, textOf } from '../../../src/agent/devices/protobuf.ts';
import { beginAnswer, GrpcServer, grpcFrame } from '../../fakes/grpc-server.ts';
import { type MessageFields, message } from '../../fakes/protobuf-message.ts';

/** What these devices are asked for as. */
export const nicResource = 'weft.test/nic';

/** Where containers find the IDs of what they were given. */
export const nicVariable = 'WEFT_TEST_NICS';

const version = 'v1beta1';
const endpoint = 'weft-test-nic.sock';

/**
 * A device plugin (k8s.io/kubelet/pkg/apis/deviceplugin/v1beta1) for a node of a cluster: it registers with the node's
 * kubelet and has as many devices as told. It runs in this process: a socket is found through /proc by a short path.
 */
export class DevicePlugin {
  readonly #server: GrpcServer;

  private constructor(server: GrpcServer) {
    this.#server = server;
  }

  static async register(node: ClusterNode, ids: readonly string[]): Promise<DevicePlugin> {
    const directory = `/proc/${node.pid}/root/var/lib/kubelet/device-plugins`;
    const service = `/${version}.DevicePlugin`;
    const devices: MessageFields = ids.map(
      (id) =>
        [
          1,
          [
            [1, id],
            [2, 'Healthy'],
          ],
        ] as const,
    );
    const server = await GrpcServer.listen(`${directory}/${endpoint}`, {
      [`${service}/GetDevicePluginOptions`]: () => message([]),
      [`${service}/ListAndWatch`]: () => ({
        raw: (stream) => {
          // Never ended: what is healthy once stays so for as long as the stream is open.
          beginAnswer(stream);
          stream.write(grpcFrame(message(devices)));
        },
      }),
      [`${service}/Allocate`]: (request) => allocated(request),
    });
    const answer = await grpcCall({
      socket: `${directory}/kubelet.sock`,
      method: `/${version}.Registration/Register`,
      request: message([
        [1, version],
        [2, endpoint],
        [3, nicResource],
      ]),
      timeoutMs: 10_000,
    });
    if (!answer.ok) throw new Error(`the kubelet does not take the device plugin: ${answer.text}`);
    return new DevicePlugin(server);
  }

  /** The kubelet then has no such devices any more. */
  close(): Promise<void> {
    return this.#server.close();
  }
}

/** AllocateRequest to AllocateResponse: each container gets the IDs in a variable. */
function allocated(request: Buffer): Buffer {
  const containers = [...fieldsOf(request)].map(({ bytes }) => {
    const ids = bytes === undefined ? [] : [...fieldsOf(bytes)].map(textOf);
    const variable: MessageFields = [
      [1, nicVariable],
      [2, ids.join(' ')],
    ];
    return [1, [[1, variable]]] as const;
  });
  return message(containers);
}

/** Where a node has device information files, as this machine sees it. */
export function deviceInfoDir(node: ClusterNode): string {
  return `/proc/${node.pid}/root/run/k8s.cni.cncf.io/devinfo`;
}

/** What the device plugin says of a device; writes it where weft looks for it. */
export function describeDevice(node: ClusterNode, id: string): object {
  const info = { type: 'pci', version: '1.1.0', pci: { 'pci-address': id, 'rdma-device': `rdma-${id}` } };
  const directory = `${deviceInfoDir(node)}/dp`;
  mkdirSync(directory, { recursive: true });
  writeFileSync(`${directory}/${nicResource.replace('/', '-')}-${id}-device.json`, JSON.stringify(info));
  return info;
}

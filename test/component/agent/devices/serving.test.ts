import type { Buffer } from 'node:buffer';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { delegatesOf, type Plan } from '../../../../src/attachment/plan.ts';
import { networksAnnotation } from '../../../../src/selection/invalid-annotation.ts';
import type { AgentFrame } from '../../../../src/wire/frame.ts';
import { GrpcServer } from '../../../fakes/grpc-server.ts';
import { message, podResourcesFields } from '../../../fakes/protobuf-message.ts';
import { AgentNode, type AgentProcess, nadJson } from '../agent-node.ts';
import { outcomeFrame, RawAgentClient, recordOf, requestFrame } from '../raw-client.ts';

let node: AgentNode;
let agent: AgentProcess;
let kubelet: GrpcServer;
let answer: Buffer;

beforeAll(async () => {
  node = new AgentNode();
  const config = { type: 'sriov', capabilities: { deviceID: true, CNIDeviceInfoFile: true } };
  node.write('networks/plain.json', nadJson('plain', { type: 'macvlan' }));
  const nad = JSON.parse(nadJson('vf', config)) as { metadata: Record<string, unknown> };
  nad.metadata['annotations'] = { 'k8s.v1.cni.cncf.io/resourceName': 'weft.test/nic' };
  node.write('networks/vf.json', JSON.stringify(nad));
  const socket = `${node.root}/kubelet.sock`;
  kubelet = await GrpcServer.listen(socket, { '/v1.PodResourcesLister/Get': () => answer });
  agent = await node.start([`--pod-resources-socket=${socket}`]);
});
afterAll(async () => {
  await kubelet?.close();
  await node?.remove();
});

beforeEach(() => {
  const nics = [{ devices: { 'weft.test/nic': ['nic-1'] } }, { devices: { 'weft.test/nic': ['nic-0'] } }];
  answer = message([[1, podResourcesFields('default', 'web', nics)]]);
  kubelet.calls.length = 0;
});

async function asked(
  networks: string,
): Promise<{ readonly client: RawAgentClient; readonly frame: AgentFrame }> {
  const client = await RawAgentClient.open(node.socket);
  client.send(requestFrame({ annotations: { [networksAnnotation]: networks } }));
  const frame = await client.answer();
  if (frame === undefined) throw new Error('the agent closed the connection');
  return { client, frame };
}

function planOf(frame: AgentFrame): Plan {
  if (frame.type !== 'plan') throw new Error(JSON.stringify(frame));
  return frame.plan;
}

describe('an agent', () => {
  it('asks the kubelet for no pod without devices, and requires nothing of the plugin', async () => {
    const { client, frame } = await asked('plain');
    client.close();
    expect(delegatesOf(planOf(frame).steps)).toHaveLength(2);
    expect(frame).toMatchObject({ requires: [] });
    expect(kubelet.calls).toEqual([]);
  });

  it("gives two networks two devices of the pod's containers, and requires a plugin that knows them [NPWG-189]", async () => {
    const { client, frame } = await asked('vf,plain,vf');
    client.close();
    expect(delegatesOf(planOf(frame).steps).map(({ device }) => device?.id)).toEqual([
      undefined,
      'nic-0',
      undefined,
      'nic-1',
    ]);
    expect(frame).toMatchObject({ requires: ['device-info'] });
    expect(kubelet.calls).toEqual(['/v1.PodResourcesLister/Get']);
  });

  it('refuses for good a pod that has too few devices', async () => {
    const { client, frame } = await asked('vf,vf,vf');
    client.close();
    expect(frame).toMatchObject({
      type: 'refuse',
      cniError: { code: 7, details: 'reason=DeviceNotAllocated' },
    });
  });

  it('refuses for now what the kubelet does not tell, and goes on with other pods', async () => {
    answer = message([[1, 'x']]).subarray(0, 2);
    const { client, frame } = await asked('vf');
    client.close();
    expect(frame).toMatchObject({ type: 'refuse', cniError: { code: 11, details: 'reason=DevicesUnknown' } });
    const other = await asked('plain');
    other.client.close();
    expect(other.frame.type).toBe('plan');
  });

  it('logs what the plugin met on the way, and nothing that is no text [NPWG-196]', async () => {
    const { client, frame } = await asked('vf');
    const record = recordOf(planOf(frame));
    const warnings = ['device information of default/vf on net1 cannot be used: it is no JSON object', 7];
    const steps = record.steps.map((step) => ({ ...step, warnings: warnings as string[] }));
    client.send(outcomeFrame({ ...record, steps: steps.slice(1) }));
    expect((await client.answer())?.type).toBe('done');
    client.close();
    await expect.poll(() => agent.log().map((row) => row['warnings'])).toContainEqual([warnings[0]]);
  });
});

import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { agentPids } from './agent-control.ts';
import { attachedPod, expectAttached } from './attached-pod.ts';
import { networkedPod } from './networked-pod.ts';
import { asked } from './networks.ts';
import { weftSuite } from './weft-suite.ts';

const suite = weftSuite('agent-rights');

/** The token that the agent of a node has in its own container, as whoever owns the agent would find it. */
function tokenOf(node: string): string {
  const [pid] = agentPids(suite.cluster, suite.cluster.node(node));
  if (pid === undefined) throw new Error(`no agent runs on ${node}`);
  return readFileSync(`/proc/${pid}/root/var/run/secrets/kubernetes.io/serviceaccount/token`, 'utf8').trim();
}

/** A request to the API server with nothing but that token; resolves with status and message, '' after success. */
async function ask(token: string, method: string, path: string, patch?: object): Promise<string> {
  const server = await suite.cluster.kubectl([
    ...['config', 'view', '--output=jsonpath={.clusters[0].cluster.server}'],
  ]);
  const ca = readFileSync(join(suite.cluster.stateDir, 'pki/ca.crt'), 'utf8');
  const url = new URL(`/api/v1/namespaces/${suite.kube.name}/${path}`, server);
  const headers = {
    authorization: `Bearer ${token}`,
    ...(patch === undefined ? {} : { 'content-type': 'application/merge-patch+json' }),
  };
  return new Promise((resolve, reject) => {
    const call = request(url, { method, ca, headers }, (answer) => {
      text(answer).then((body) => {
        const { message = '' } = JSON.parse(body) as { message?: string };
        resolve(answer.statusCode === 200 ? '' : `${answer.statusCode} ${message}`);
      }, reject);
    });
    call.on('error', reject);
    call.end(patch === undefined ? undefined : JSON.stringify(patch));
  });
}

function annotate(token: string, pod: string, key: string, value: string): Promise<string> {
  return ask(token, 'PATCH', `pods/${pod}/status`, { metadata: { annotations: { [key]: value } } });
}

describe('the token of the agent on node1', () => {
  it('writes the status of pods of node1, and of no other', async () => {
    const nodes = ['node1', 'node2'] as const;
    await suite.kube.apply(
      ...nodes.map((node) => networkedPod(node, { networks: [asked('bridged')], node })),
    );
    for (const node of nodes) await suite.kube.untilReady(node);
    for (const node of nodes) await expectAttached(suite.kube, node);
    const token = tokenOf('node1');
    expect(await annotate(token, 'node1', 'weft.dev/e2e', 'mine')).toBe('');
    expect((await attachedPod(suite.kube, 'node1')).metadata.annotations?.['weft.dev/e2e']).toBe('mine');
    expect(await annotate(token, 'node2', 'weft.dev/e2e', 'stolen')).toMatch(
      /^403 .*the agent of node node1 may not write to a pod of node node2/,
    );
    expect((await attachedPod(suite.kube, 'node2')).metadata.annotations).not.toHaveProperty('weft.dev/e2e');
  });

  it('changes nothing of its pods that is not weft’s', async () => {
    expect(await annotate(tokenOf('node1'), 'node1', 'example.com/mine', 'no')).toMatch(
      /^403 .*the agent may not change other annotations/,
    );
  });

  it('reads no secrets and deletes no pods', async () => {
    expect(await ask(tokenOf('node1'), 'GET', 'secrets')).toMatch(/^403 secrets is forbidden/);
    expect(await ask(tokenOf('node1'), 'DELETE', 'pods/node1')).toMatch(/^403 pods "node1" is forbidden/);
    await suite.kube.kubectl('delete', 'pods', '--all');
    expect(await suite.leftovers()).toEqual([]);
  });
});

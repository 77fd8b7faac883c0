import { type NetworkFixture, networkFixtures } from '../unit/netconf/network-fixtures.ts';
import { networkName, pod, pods } from './filled-server.ts';

/** Every network of the fixtures: all plugin types, and all mistakes that people make. */
const valid = ownNetworks('valid');
const broken = ownNetworks('broken');

/** What an API server sends: where to, and the AdmissionReview. */
export interface WebhookCall {
  readonly path: '/networks' | '/pods';
  readonly body: string;
}

/** Every second one is a pod's; of the networks one in five is broken, and one in ten a deletion of one that is used. */
export function webhookCall(index: number): WebhookCall {
  const turn = Math.floor(index / 2);
  if (index % 2 === 0) return { path: '/pods', body: podReview(turn) };
  if (turn % 10 === 9) return { path: '/networks', body: deletionReview(turn) };
  return { path: '/networks', body: networkReview(turn) };
}

function podReview(turn: number): string {
  const { metadata, ...fields } = pod(turn % pods);
  const { namespace = '', name } = metadata;
  const object = { ...fields, metadata };
  return review({ operation: 'CREATE', namespace, name, resource: { group: '', resource: 'pods' }, object });
}

function networkReview(turn: number): string {
  const fixtures = turn % 5 === 4 ? broken : valid;
  const fixture = fixtures[turn % fixtures.length];
  const metadata = { name: `new-${turn}`, namespace: 'ns-1', annotations: fixture?.with ?? {} };
  const object = { ...kind, metadata, spec: { config: fixture?.config } };
  return review({ operation: 'CREATE', namespace: 'ns-1', name: metadata.name, resource, object });
}

function deletionReview(turn: number): string {
  const metadata = networkName(turn);
  const oldObject = { ...kind, metadata, spec: { config: '{}' } };
  return review({ operation: 'DELETE', ...metadata, resource, oldObject });
}

const kind = { apiVersion: 'k8s.cni.cncf.io/v1', kind: 'NetworkAttachmentDefinition' };
const resource = { group: 'k8s.cni.cncf.io', resource: 'network-attachment-definitions' };

function review(request: object): string {
  const userInfo = { username: 'jane', groups: ['system:authenticated'] };
  const whole = { uid: 'f0c5ba1e-9ba6-4d1a-8f1c-1f3a5d9d2c11', userInfo, ...request };
  return JSON.stringify({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request: whole });
}

function ownNetworks(set: 'valid' | 'broken'): readonly NetworkFixture[] {
  return networkFixtures(set).filter(({ config }) => config !== undefined && config.length < 65_536);
}

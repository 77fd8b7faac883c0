import { describe, expect, it } from 'vitest';
import { type AgentMode, agentMode } from '../../../src/agent/agent-mode.ts';
import { expectThrown } from '../../harness/thrown.ts';

const none = { kubeconfig: '', networksDir: '', apiServer: '', nodeName: 'a' };
const inPod = { KUBERNETES_SERVICE_HOST: '10.96.0.1' };
const url = 'https://10.0.0.1:6443';

const cases: readonly (readonly [string, Partial<typeof none>, object, AgentMode])[] = [
  ['nothing is said', {}, {}, { kind: 'standalone' }],
  ['the variable of a pod is empty', {}, { KUBERNETES_SERVICE_HOST: '' }, { kind: 'standalone' }],
  ['it runs in a pod', {}, inPod, { kind: 'in-cluster', server: undefined }],
  ['an address is given', { apiServer: url }, {}, { kind: 'in-cluster', server: url }],
  [
    'there is a directory, in a pod too',
    { networksDir: '/n', apiServer: url },
    inPod,
    { kind: 'standalone' },
  ],
  ['there is a kubeconfig', { kubeconfig: '/k' }, {}, { kind: 'kubeconfig', path: '/k', server: undefined }],
  [
    'there is a kubeconfig, in a pod, and an address',
    { kubeconfig: '/k', apiServer: url },
    inPod,
    { kind: 'kubeconfig', path: '/k', server: url },
  ],
];

describe('where an agent learns from', () => {
  it.each(cases)('when %s', (_, options, env, mode) => {
    expect(agentMode({ ...none, ...options }, env as Record<string, string>)).toEqual(mode);
  });

  it('is not a kubeconfig and a directory at once', () => {
    const both = { ...none, kubeconfig: '/k', networksDir: '/n' };
    const names = ['--kubeconfig and --networks-dir'];
    expectThrown(() => agentMode(both, {}), { reason: 'InvalidFlag', code: 7, names });
  });

  it('needs the name of the node in Kubernetes only', () => {
    const nameless = { ...none, nodeName: '' };
    expect(agentMode(nameless, {})).toEqual({ kind: 'standalone' });
    const names = ['--node-name'];
    expectThrown(() => agentMode(nameless, inPod), { reason: 'InvalidFlag', code: 7, names });
  });
});

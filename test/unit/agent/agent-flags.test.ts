import { describe, expect, it } from 'vitest';
import { agentFlags } from '../../../src/agent/agent-flags.ts';
import { envName, parseFlags } from '../../../src/daemon/flags.ts';

const documented = [
  'node-name',
  'kubeconfig',
  'api-server',
  'networks-dir',
  'network-conf-dir',
  'socket',
  'state-dir',
  'run-dir',
  'cni-bin-dir',
  'cni-conf-dir',
  'install',
  'default-network',
  'log-level',
  'metrics-address',
  'config',
];

describe('the flags of the agent', () => {
  it('are those that are promised', () => {
    const names = Object.values(agentFlags).map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(documented));
  });

  it('have the default directories', () => {
    const invocation = parseFlags(agentFlags, [], {});
    expect(invocation).toMatchObject({
      kind: 'run',
      values: {
        socket: '/run/weft/agent.sock',
        stateDir: '/var/lib/weft',
        runDir: '/run/weft',
        cniBinDir: '/opt/cni/bin',
        cniConfDir: '/etc/cni/net.d',
        networksDir: '',
        install: true,
      },
    });
  });

  it('can all be set by their variables', () => {
    const texts: Record<string, string> = {
      install: 'false',
      'install-only': 'false',
      'max-plans': '3',
      'log-level': 'warn',
      'metrics-address': 'off',
      'api-server': 'https://10.0.0.1:6443',
      'runtime-cni-version': '1.0.0',
    };
    const env = Object.fromEntries(
      Object.values(agentFlags).map(({ name }) => [envName(name), texts[name] ?? '/x']),
    );
    expect(parseFlags(agentFlags, [], env)).toMatchObject({
      values: {
        install: false,
        maxPlans: 3,
        logLevel: 'warn',
        metricsAddress: undefined,
        config: '/x',
        nodeName: '/x',
      },
    });
  });
});

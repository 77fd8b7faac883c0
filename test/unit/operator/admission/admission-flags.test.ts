import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../../src/daemon/clock.ts';
import { parseFlags } from '../../../../src/daemon/flags.ts';
import { silentLog } from '../../../../src/daemon/log.ts';
import { Metrics } from '../../../../src/daemon/metrics.ts';
import { admissionServer } from '../../../../src/operator/admission/admission.ts';
import type { ClusterView } from '../../../../src/operator/admission/cluster-view.ts';
import { type OperatorOptions, operatorFlags } from '../../../../src/operator/operator-flags.ts';

function optionsFrom(...args: readonly string[]): OperatorOptions {
  const invocation = parseFlags(operatorFlags, args, {});
  if (invocation.kind !== 'run') throw new Error(invocation.kind);
  return invocation.values;
}

describe('the flags of the webhooks', () => {
  it('are names and addresses, divided by commas', () => {
    expect(optionsFrom().webhookNames).toEqual([]);
    expect(optionsFrom('--webhook-names=a.b.svc, 10.0.0.1,::1').webhookNames).toEqual([
      'a.b.svc',
      '10.0.0.1',
      '::1',
    ]);
    for (const wrong of ['a b', 'a,,b', 'https://a']) {
      expect(() => optionsFrom(`--webhook-names=${wrong}`)).toThrow('must be names divided by commas');
    }
  });

  it('switch the server on, which they do not by themselves', () => {
    const room = {
      transport: {
        request: () => Promise.reject(new Error()),
        stream: () => Promise.reject(new Error()),
        close: () => undefined,
      },
      view: {} as ClusterView,
      metrics: new Metrics(),
      log: silentLog,
      clock: systemClock,
      random: Math.random,
      namespace: 'weft-system',
    };
    expect(admissionServer({ ...room, flags: optionsFrom() })).toBeUndefined();
    const flags = optionsFrom('--webhook-listen=:9443', '--webhook-certificates-dir=/nowhere');
    expect(admissionServer({ ...room, flags })?.notReady()).toEqual([
      'the webhook server has no certificate yet',
    ]);
  });
});

import { describe, expect, it } from 'vitest';
import { defaultWeftConfig } from '../../../src/api/weft-config.ts';
import { refuseUnfit } from '../../../src/resolve/fitness.ts';
import { parseNetworksAnnotation } from '../../../src/selection/networks-annotation.ts';
import { caught } from '../cni/caught.ts';

const { tenancy } = defaultWeftConfig();
const macvlan = { type: 'macvlan', master: 'eth1' };

/** Judges network `ns1/net` of this configuration for an element of the annotation. */
function judge(config: object | string | undefined, element: object = {}, rules = tenancy): void {
  const text = typeof config === 'object' ? JSON.stringify(config) : config;
  const nad = {
    metadata: { namespace: 'ns1', name: 'net' },
    ...(text !== undefined && { spec: { config: text } }),
  };
  const annotation = JSON.stringify([{ name: 'net', ...element }]);
  const [selection] = parseNetworksAnnotation(annotation, 'ns1').selections;
  if (selection === undefined) throw new Error('no selection');
  refuseUnfit(selection, nad, rules);
}

describe('refuseUnfit', () => {
  it('passes what takes all that is asked of it, whether it names a version or inherits one', () => {
    judge({ ...macvlan, capabilities: { ips: true } }, { ips: ['10.1.2.3/24'] });
    judge({ ...macvlan, cniVersion: '0.3.1' });
  });

  it('refuses what declares no capability for what is asked of it', () => {
    const { reason, message } = caught(() => judge(macvlan, { ips: ['10.1.2.3/24'] }));
    expect(reason).toBe('CapabilityMissing');
    expect(message).toContain('network ns1/net');
  });

  it('refuses a configuration that cannot be used', () => {
    expect(caught(() => judge('{')).reason).toBe('InvalidJson');
  });

  it('refuses what its namespace may not name', () => {
    const rules = { ...tenancy, enabled: true };
    expect(caught(() => judge(macvlan, {}, rules)).reason).toBe('NetworkRestricted');
    judge(macvlan, {}, { ...rules, exemptNamespaces: ['ns1'] });
  });

  it('knows nothing of a network whose configuration is on the nodes', () => {
    judge('', { ips: ['10.1.2.3/24'] });
    judge(undefined, { ips: ['10.1.2.3/24'] });
  });
});

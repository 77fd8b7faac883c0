import { checkNetwork } from './check-network.ts';
import { pluginSchemas } from './plugins/all.ts';

/** What a network may name that weft does not know. */
const unknown = { type: 'of-somebody', ipam: { type: 'of-somebody' } };

/**
 * Checks one network for each plugin type, one a step, so that whoever waits for the answer to a real one does not wait
 * for the compilation of schemas: some ten milliseconds for each type, and a hundred for the first one.
 */
export function* warmChecks(): Generator<void, void> {
  const known = [...pluginSchemas].map(([type, { role }]) =>
    role === 'ipam' ? { type: 'macvlan', ipam: { type } } : { type },
  );
  for (const plugin of [unknown, ...known]) {
    checkNetwork({
      apiVersion: 'k8s.cni.cncf.io/v1',
      kind: 'NetworkAttachmentDefinition',
      metadata: { name: 'warm' },
      spec: { config: JSON.stringify({ cniVersion: '1.0.0', plugins: [plugin] }) },
    });
    yield;
  }
}

import { boolean, interfaceName, mtu, oneOf } from './fields.ts';
import type { PluginSchema } from './plugin-schema.ts';

/** Without `master` it takes the interface that has the default route. */
export const ipvlan: PluginSchema = {
  role: 'interface',
  schema: {
    type: 'object',
    synonyms: { parent: 'master', interface: 'master', device: 'master' },
    properties: {
      master: interfaceName,
      mode: oneOf('l2', 'l3', 'l3s'),
      mtu,
      linkInContainer: boolean,
    },
  },
};

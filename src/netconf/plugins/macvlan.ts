import { boolean, integer, interfaceName, mac, mtu, oneOf } from './fields.ts';
import type { PluginSchema } from './plugin-schema.ts';

/** Without `master` it takes the interface that has the default route. */
export const macvlan: PluginSchema = {
  role: 'interface',
  schema: {
    type: 'object',
    synonyms: { parent: 'master', interface: 'master', device: 'master' },
    properties: {
      master: interfaceName,
      mode: oneOf('bridge', 'private', 'vepa', 'passthru'),
      mtu,
      mac,
      linkInContainer: boolean,
      bcqueuelen: integer(0, 4_294_967_295),
    },
  },
};

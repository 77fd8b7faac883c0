import { z } from 'zod';
import { conditionsSchema } from './condition.schema.ts';
import { subdomainPattern } from './dns-name.ts';
import { maxListed } from './weft-node-limits.ts';

const count = z.int().min(0);

/** A list in which an element is known by one of its keys, for server-side apply. */
function listBy(key: string, element: z.ZodType): z.ZodType {
  return z
    .array(element)
    .max(maxListed)
    .meta({ 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': [key] });
}

const plugins = z
  .looseObject({
    count: count.describe('How many types there are.'),
    types: z.array(z.string()).describe('Types of the plugins that are there.'),
    unseen: z
      .array(z.string())
      .describe('Directories that the agent cannot look into; a plugin may be there all the same.')
      .exactOptional(),
  })
  .describe('CNI plugins of the node.');

const link = z.looseObject({ name: z.string().min(1).max(15).describe('Its name.') });

const defaultNetwork = z
  .looseObject({
    name: z.string().describe('The name in its configuration.'),
    source: z.string().describe('Path of the file, or NAMESPACE/NAME of the NetworkAttachmentDefinition.'),
  })
  .describe('The default network; absent: there is none.');

const conf = z
  .looseObject({
    first: z.boolean().describe('True: the runtime takes the configuration of weft.'),
    remove: z.array(z.string()).describe('Files that it takes instead; remove them.').exactOptional(),
  })
  .describe('Whether the runtime calls weft.');

const attachments = z
  .looseObject({
    count: count.describe('Of all networks.'),
    outdated: count.describe('Those made with a configuration that their network no longer has.'),
    networks: listBy(
      'network',
      z.looseObject({
        network: z.string().describe('NAMESPACE/NAME, or the name of a network from a file.'),
        count: count.describe('Attachments of the network on this node.'),
        outdated: count.describe('Those made with a configuration that it no longer has.'),
      }),
    )
      .describe('By network.')
      .exactOptional(),
  })
  .describe('Attachments of the pods of the node.');

const leftovers = z
  .looseObject({
    count: count.describe('How many there are.'),
    oldest: z
      .string()
      .meta({ format: 'date-time', description: 'When the undo of the oldest failed first.' })
      .exactOptional(),
  })
  .describe('Attachments that no DEL could undo.');

const status = z
  .looseObject({
    version: z.string().describe('Version of the agent.').exactOptional(),
    plugins: plugins.exactOptional(),
    links: listBy('name', link)
      .describe('Links of the node that a network may name as its parent.')
      .exactOptional(),
    defaultNetwork: defaultNetwork.exactOptional(),
    conf: conf.exactOptional(),
    attachments: attachments.exactOptional(),
    leftovers: leftovers.exactOptional(),
    conditions: conditionsSchema
      .describe(
        'Ready: pods of the node can be attached. Degraded: something is odd but keeps no pod from starting.',
      )
      .exactOptional(),
  })
  .describe('What weft is and has on the node.');

/**
 * Loose: an agent of a later version may write more. There is no `spec`: nothing is wished of a node here. So `status`
 * is a plain field and no subresource: there is nobody from whose writes it would have to be kept apart, and one
 * server-side apply makes the object as well as it changes it. `kubectl wait --for=condition=Ready` works all the same.
 */
export const weftNodeSchema: z.ZodType = z
  .looseObject({
    apiVersion: z.literal('weft.dev/v1alpha1'),
    kind: z.literal('WeftNode'),
    metadata: z.looseObject({ name: z.string().regex(subdomainPattern) }),
    status: status.exactOptional(),
  })
  .describe('What weft is and has on one node. Written by its agent; changes by others are undone.');

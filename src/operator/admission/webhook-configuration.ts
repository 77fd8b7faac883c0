import type { RawObject } from '../../kube/raw-object.ts';
import type { Resource } from '../../kube/resource.ts';
import type { CallOptions, Writer } from '../../kube/writer.ts';

const configurations: Resource = {
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  plural: 'validatingwebhookconfigurations',
};

interface Webhook {
  readonly name?: string;
  readonly clientConfig?: { readonly caBundle?: string };
}

/**
 * Makes the authorities (PEM) those that the API server trusts at every webhook of the configuration. Nothing is written
 * where it is so already. KubeError: it is not known to be so.
 */
export async function publishBundle(
  writer: Writer,
  name: string,
  bundle: string,
  options: CallOptions,
): Promise<void> {
  const caBundle = Buffer.from(bundle, 'utf8').toString('base64');
  const webhooks = webhooksOf(await writer.get(configurations, { name }, options));
  if (webhooks.every(({ clientConfig }) => clientConfig?.caBundle === caBundle)) return;
  // A strategic merge finds the webhooks by their names and leaves all else of them alone.
  const body = { webhooks: webhooks.map((webhook) => ({ name: webhook.name, clientConfig: { caBundle } })) };
  await writer.patch(configurations, { name }, { kind: 'strategic', body }, options);
}

function webhooksOf(configuration: RawObject): readonly Webhook[] {
  const { webhooks } = configuration;
  return Array.isArray(webhooks) ? (webhooks as readonly Webhook[]) : [];
}

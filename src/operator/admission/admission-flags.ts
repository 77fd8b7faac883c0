import { type ListenAddress, listenFlag, pathFlag, textFlag } from '../../daemon/flag-kinds.ts';
import type { Flag } from '../../daemon/flags.ts';

/** The flags of the webhooks, for the operator's table. */
export interface AdmissionFlagTable {
  readonly webhookListen: Flag<ListenAddress>;
  readonly webhookCertificatesDir: Flag<string>;
  readonly webhookSecret: Flag<string>;
  readonly webhookConfiguration: Flag<string>;
  readonly webhookNames: Flag<readonly string[]>;
}

export const admissionFlags: AdmissionFlagTable = {
  webhookListen: listenFlag({
    name: 'webhook-listen',
    help: 'Where the admission webhooks are served; off: they are not.',
    fallback: undefined,
    fallbackText: 'off',
  }),
  webhookCertificatesDir: pathFlag({
    name: 'webhook-certificates-dir',
    placeholder: 'DIR',
    help: 'Directory with tls.crt and tls.key that somebody else brings and renews, such as cert-manager, who then also looks after caBundle. Empty: the operator makes its own.',
    fallback: '',
    optional: true,
  }),
  webhookSecret: textFlag({
    name: 'webhook-secret',
    help: "The Secret in the operator's namespace, there already, that keeps the certificates which it makes.",
    fallback: 'weft-webhook',
  }),
  webhookConfiguration: textFlag({
    name: 'webhook-configuration',
    help: 'The ValidatingWebhookConfiguration whose caBundle the operator writes.',
    fallback: 'weft',
  }),
  webhookNames: {
    name: 'webhook-names',
    placeholder: 'NAME,…',
    help: 'DNS names and IP addresses, divided by commas, under which the API server reaches the webhooks.',
    fallback: [],
    fallbackText: "the Service weft-webhook in the operator's namespace",
    parse(text) {
      const names = text.split(',').map((name) => name.trim());
      if (names.some((name) => !/^[A-Za-z0-9.:-]+$/.test(name)))
        throw new Error('must be names divided by commas');
      return names;
    },
  },
};

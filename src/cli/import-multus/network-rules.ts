import { isLabel } from '../../api/dns-name.ts';
import type { ImportContext } from './import-context.ts';
import { field, nothing, type Outcome, type Setting, unsupported } from './setting.ts';
import { switchOf, textOf, textsOf } from './setting-value.ts';

/** `defaultNetworks[]`: a name in Multus's namespace, else of a file in its `confDir`. */
export function defaultNetwork(setting: Setting, { multusNamespace, networks }: ImportContext): Outcome {
  const name = textOf(setting);
  if (name.includes('/')) {
    return unsupported(
      'weft takes no path here: put the file into --network-conf-dir and write its CNI name into spec.defaultNetworks',
    );
  }
  const reference = `${multusNamespace}/${name}`;
  if (networks === undefined || networks.has(reference)) {
    const note = networks === undefined ? `if it is a file in --network-conf-dir, write ${name}` : '';
    return field(`defaultNetworks: ${reference}`, { defaultNetworks: [reference] }, note);
  }
  const note = `there is no network ${reference}: a file in --network-conf-dir`;
  return field(`defaultNetworks: ${name}`, { defaultNetworks: [name] }, note);
}

/** `multusNamespace`: of names that carry none. */
export function multusNamespace(setting: Setting): Outcome {
  const namespace = textOf(setting);
  if (namespace === '') return nothing('it is empty');
  return field(`defaultNetworkNamespace: ${namespace}`, { defaultNetworkNamespace: namespace });
}

/** `systemNamespaces`: their pods get no default networks. */
export function systemNamespaces(setting: Setting): Outcome {
  const { kept, note } = possible(textsOf(setting));
  return field(`systemNamespaces: [${kept.join(', ')}]`, { systemNamespaces: kept }, note);
}

/** `namespaceIsolation`. */
export function isolation(setting: Setting): Outcome {
  const enabled = switchOf(setting);
  return field(`isolation.enabled: ${enabled}`, { isolation: { enabled } });
}

/** `globalNamespaces`: one text with commas; it replaces the namespace `default`. */
export function globalNamespaces(setting: Setting): Outcome {
  const text = textOf(setting);
  if (text === '') return nothing('it is empty, so that it is default as before');
  const { kept, note } = possible(text.split(',').map((name) => name.trim()));
  return field(
    `isolation.globalNamespaces: [${kept.join(', ')}]`,
    { isolation: { globalNamespaces: kept } },
    note,
  );
}

/** `auxiliaryCNIChainName`: files beside the cluster network that all pods get as one more chain. */
export function auxiliaryChain(setting: Setting): Outcome {
  const name = textOf(setting);
  if (name === '') return nothing('it is empty');
  return unsupported(
    `put a conflist named ${name} with those plugins into --network-conf-dir, and the name into spec.defaultNetworks`,
  );
}

/** Multus compares with the namespaces that there are, so that what is no namespace's name changes nothing. */
function possible(names: readonly string[]): { readonly kept: readonly string[]; readonly note: string } {
  const kept = [...new Set(names.filter(isLabel))];
  const left = names.filter((name) => name !== '' && !isLabel(name));
  return { kept, note: left.length === 0 ? '' : `no namespace can be called ${left.join(', ')}` };
}

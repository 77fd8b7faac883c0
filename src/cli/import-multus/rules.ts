import {
  binDir,
  cniConfDir,
  connectionLimit,
  kubeconfig,
  logLevel,
  metricsPort,
  multusState,
  networkConfDir,
  pluginDir,
  readinessFile,
  skipTlsVerify,
} from './agent-rules.ts';
import {
  autoconfigDir,
  clusterNetwork,
  configFile,
  firstDelegate,
  furtherDelegate,
  masterFile,
  renamedFile,
} from './default-network-rules.ts';
import { fixedOutcomes } from './fixed-outcomes.ts';
import type { ImportContext } from './import-context.ts';
import {
  auxiliaryChain,
  defaultNetwork,
  globalNamespaces,
  isolation,
  multusNamespace,
  systemNamespaces,
} from './network-rules.ts';
import { nothing, type Outcome, type Setting } from './setting.ts';

type Rule = (setting: Setting, context: ImportContext) => Outcome;

/** Keys whose value matters, by Setting.name. */
const rules: Readonly<Record<string, Rule>> = {
  clusterNetwork,
  multusMasterCNI: masterFile,
  multusAutoconfigDir: autoconfigDir,
  multusConfigFile: configFile,
  'delegates[]': (setting, context) =>
    setting.key.endsWith('[0]') ? firstDelegate(setting, context) : furtherDelegate(setting, context),
  'defaultNetworks[]': defaultNetwork,
  multusNamespace,
  systemNamespaces,
  namespaceIsolation: isolation,
  globalNamespaces,
  auxiliaryCNIChainName: auxiliaryChain,
  binDir,
  'cni-bin-dir': pluginDir,
  cniConfigDir: cniConfDir,
  confDir: networkConfDir,
  cniDir: multusState,
  readinessindicatorfile: readinessFile,
  kubeconfig,
  logLevel,
  connectionLimit,
  metricsPort,
  'rename-conf-file': renamedFile,
  'skip-tls-verify': skipTlsVerify,
};

/** What one setting becomes. Throws MultusConfigInvalid for a value with which Multus would not have started. */
export function outcomeOf(setting: Setting, context: ImportContext): Outcome {
  if (setting.idle !== undefined) return nothing(setting.idle);
  const fixed = fixedOutcomes[setting.name];
  const rule = rules[setting.name];
  if (fixed === undefined && rule === undefined) {
    const note = 'Multus 4.3 reads no such key; if it has no meaning: --allow-unsupported';
    return { verdict: 'unknown', becomes: 'UNKNOWN', note };
  }
  if (setting.value === null) return nothing('null is as good as not there');
  return fixed ?? rule?.(setting, context) ?? nothing('');
}

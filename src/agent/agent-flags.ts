import { availableParallelism, hostname } from 'node:os';
import { defaultDeviceInfoDir } from '../attachment/device-info-paths.ts';
import {
  choiceFlag,
  httpsFlag,
  integerFlag,
  type ListenAddress,
  listenFlag,
  pathFlag,
  switchFlag,
  textFlag,
} from '../daemon/flag-kinds.ts';
import type { Flag, FlagValues } from '../daemon/flags.ts';
import { type LogLevel, logLevels } from '../daemon/log.ts';
import { type OfferedVersion, offeredVersions } from './install/own-conf.ts';

/** Loopback, because metrics tell what runs on the node. */
const defaultMetrics: ListenAddress = { host: '127.0.0.1', port: 9464 };

/** The types of the agent's flags, by the name that the code uses. */
interface AgentFlagTable {
  readonly [name: string]: Flag<unknown>;
  readonly nodeName: Flag<string>;
  readonly kubeconfig: Flag<string>;
  readonly apiServer: Flag<string>;
  readonly networksDir: Flag<string>;
  readonly networkConfDir: Flag<string>;
  readonly socket: Flag<string>;
  readonly stateDir: Flag<string>;
  readonly runDir: Flag<string>;
  readonly cniBinDir: Flag<string>;
  readonly cniConfDir: Flag<string>;
  readonly install: Flag<boolean>;
  readonly installOnly: Flag<boolean>;
  readonly defaultNetwork: Flag<string>;
  readonly podResourcesSocket: Flag<string>;
  readonly deviceInfoDir: Flag<string>;
  readonly runtimeCniVersion: Flag<OfferedVersion>;
  readonly maxPlans: Flag<number>;
  readonly logLevel: Flag<LogLevel>;
  readonly metricsAddress: Flag<ListenAddress>;
  readonly config: Flag<string>;
}

/** Every flag of weft-agent. Paths must be the same inside and outside of the agent's container. */
export const agentFlags: AgentFlagTable = {
  nodeName: textFlag({
    name: 'node-name',
    fallback: hostname(),
    fallbackText: 'the host name',
    help: 'Name of this node: its Node object in Kubernetes, whose pods are watched; otherwise for the log.',
  }),
  kubeconfig: pathFlag({
    name: 'kubeconfig',
    optional: true,
    placeholder: 'FILE',
    fallback: '',
    help: 'How the API server is reached. Without it and --networks-dir, in a pod: by its service account.',
  }),
  apiServer: httpsFlag({
    name: 'api-server',
    fallback: '',
    help: 'Address of the API server that needs no kube-proxy, such as https://10.0.0.1:6443. Replaces the one of the kubeconfig or of the Service "kubernetes".',
  }),
  networksDir: pathFlag({
    name: 'networks-dir',
    optional: true,
    placeholder: 'DIR',
    fallback: '',
    help: 'Directory of NetworkAttachmentDefinitions as .yaml, .yml or .json files, for a node without Kubernetes.',
  }),
  networkConfDir: pathFlag({
    name: 'network-conf-dir',
    placeholder: 'DIR',
    fallback: '/etc/cni/multus/net.d',
    help: 'Directory of CNI configurations for NetworkAttachmentDefinitions whose own configuration is empty.',
  }),
  socket: pathFlag({
    name: 'socket',
    fallback: '/run/weft/agent.sock',
    help: 'Unix socket on which the plugin asks for plans.',
  }),
  stateDir: pathFlag({
    name: 'state-dir',
    placeholder: 'DIR',
    fallback: '/var/lib/weft',
    help: 'Directory of what must survive a reboot, for weft alone: records, node.json, the last WeftConfig.',
  }),
  runDir: pathFlag({
    name: 'run-dir',
    placeholder: 'DIR',
    fallback: '/run/weft',
    help: 'Directory of what must not survive a reboot.',
  }),
  cniBinDir: pathFlag({
    name: 'cni-bin-dir',
    placeholder: 'DIR',
    fallback: '/opt/cni/bin',
    help: 'Directory of the CNI plugins; weft is installed here.',
  }),
  cniConfDir: pathFlag({
    name: 'cni-conf-dir',
    placeholder: 'DIR',
    fallback: '/etc/cni/net.d',
    help: "The runtime's directory of CNI configurations: the default network is found and 00-weft.conflist written here.",
  }),
  install: switchFlag({
    name: 'install',
    fallback: true,
    help: 'Install the plugin, its configuration and node.json. Without it they are only checked.',
  }),
  installOnly: switchFlag({
    name: 'install-only',
    fallback: false,
    help: 'Put the plugin into --cni-bin-dir and end; for an init container.',
  }),
  defaultNetwork: textFlag({
    name: 'default-network',
    fallback: '',
    help: "The default network: CNI name or path of a file, or NAMESPACE/NAME. Wins over the configuration's; without both it is the only candidate.",
  }),
  podResourcesSocket: pathFlag({
    name: 'pod-resources-socket',
    fallback: '/var/lib/kubelet/pod-resources/kubelet.sock',
    help: "The kubelet's socket that tells which devices a pod has. Asked only for networks with the annotation k8s.v1.cni.cncf.io/resourceName.",
  }),
  deviceInfoDir: pathFlag({
    name: 'device-info-dir',
    placeholder: 'DIR',
    fallback: defaultDeviceInfoDir,
    help: 'Directory of the host where device plugins, in dp, and CNI plugins, in cni, write what they know of devices.',
  }),
  runtimeCniVersion: choiceFlag({
    name: 'runtime-cni-version',
    choices: offeredVersions,
    fallback: '1.1.0',
    help: 'Newest CNI version that 00-weft.conflist offers; the runtime takes the newest that it knows. With 1.0.0 it never asks STATUS.',
  }),
  maxPlans: integerFlag({
    name: 'max-plans',
    min: 1,
    max: 1000,
    fallback: 2 * availableParallelism(),
    fallbackText: '2 for each core',
    help: 'Pods that may be attached at the same time; further ones wait.',
  }),
  logLevel: choiceFlag({
    name: 'log-level',
    choices: logLevels,
    fallback: 'info',
    help: 'Least important lines that are logged.',
  }),
  metricsAddress: listenFlag({
    name: 'metrics-address',
    fallback: defaultMetrics,
    fallbackText: '127.0.0.1:9464',
    help: 'Where /healthz, /readyz and /metrics are served.',
  }),
  config: pathFlag({
    name: 'config',
    optional: true,
    placeholder: 'FILE',
    fallback: '',
    help: 'WeftConfig as YAML (or JSON, by its ending), instead of the one in Kubernetes. Changes are taken up without a restart.',
  }),
};

/** What weft-agent runs with. */
export type AgentOptions = FlagValues<AgentFlagTable>;

import { hostname } from 'node:os';
import {
  choiceFlag,
  type ListenAddress,
  listenFlag,
  pathFlag,
  switchFlag,
  textFlag,
} from '../daemon/flag-kinds.ts';
import type { Flag, FlagValues } from '../daemon/flags.ts';
import { type LogLevel, logLevels } from '../daemon/log.ts';
import { type AdmissionFlagTable, admissionFlags } from './admission/admission-flags.ts';

/** All addresses: the kubelet probes the pod's, and so does Prometheus. */
const defaultMetrics: ListenAddress = { host: '', port: 9465 };

/** The types of the operator's flags, by the name that the code uses. */
interface OperatorFlagTable extends AdmissionFlagTable {
  readonly [name: string]: Flag<unknown>;
  readonly kubeconfig: Flag<string>;
  readonly context: Flag<string>;
  readonly namespace: Flag<string>;
  readonly agentNamespace: Flag<string>;
  readonly replica: Flag<string>;
  readonly leaderElect: Flag<boolean>;
  readonly lease: Flag<string>;
  readonly metricsAddress: Flag<ListenAddress>;
  readonly logLevel: Flag<LogLevel>;
}

/** Every flag of weft-operator. */
export const operatorFlags: OperatorFlagTable = {
  kubeconfig: pathFlag({
    name: 'kubeconfig',
    optional: true,
    placeholder: 'FILE',
    fallback: '',
    help: "How the API server is reached. Without it: by the pod's service account, or as kubectl finds it.",
  }),
  context: textFlag({
    name: 'context',
    fallback: '',
    help: 'Context of the kubeconfig, instead of the current one.',
  }),
  namespace: textFlag({
    name: 'namespace',
    fallback: 'weft-system',
    help: 'Namespace in which the operator runs and keeps what it needs for itself, such as its lease.',
  }),
  agentNamespace: textFlag({
    name: 'agent-namespace',
    fallback: 'kube-system',
    help: 'Namespace of the agents. A pod elsewhere is not taken for one, whatever its labels.',
  }),
  replica: textFlag({
    name: 'replica',
    fallback: hostname(),
    fallbackText: 'the host name',
    help: 'Name of this replica, its pod in Kubernetes: for the lease, events and the log.',
  }),
  leaderElect: switchFlag({
    name: 'leader-elect',
    fallback: true,
    help: 'Let one of several replicas do what only one may do. Without it this one does, and must be alone.',
  }),
  lease: textFlag({
    name: 'lease',
    fallback: 'weft-operator',
    help: 'Name of the Lease by which the replicas find out who leads.',
  }),
  metricsAddress: listenFlag({
    name: 'metrics-address',
    fallback: defaultMetrics,
    fallbackText: ':9465',
    help: 'Where /healthz, /readyz and /metrics are served.',
  }),
  ...admissionFlags,
  logLevel: choiceFlag({
    name: 'log-level',
    choices: logLevels,
    fallback: 'info',
    help: 'Least important lines that are logged.',
  }),
};

/** What weft-operator runs with. */
export type OperatorOptions = FlagValues<OperatorFlagTable>;

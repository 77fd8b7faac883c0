import type { WeftConfigSpec } from '../../api/weft-config.ts';
import { parseWeftNode, type WeftNode } from '../../api/weft-node.ts';
import type { Informers } from '../../controller/informers.ts';
import type { SharedInformer } from '../../controller/shared-informer.ts';
import type { Clock } from '../../daemon/clock.ts';
import type { Log } from '../../daemon/log.ts';
import type { RawObject } from '../../kube/raw-object.ts';
import type { NetworkLookup } from '../../resolve/snapshot.ts';
import { unavailability } from '../networks/network-status.ts';
import { NetworkUserIndex } from '../networks/network-users.ts';
import { NodeAgents } from '../nodes/node-agents.ts';
import { CurrentConfig, projectConfig, type WatchedConfig } from './current-config.ts';
import {
  configResource,
  kubeNodeResource,
  namespaceResource,
  networkResource,
  nodeResource,
  podResource,
} from './watched-kinds.ts';
import { projectNamespace, type WatchedNamespace } from './watched-namespace.ts';
import { projectNetwork, type WatchedNetwork } from './watched-network.ts';
import { projectNode, type WatchedNode } from './watched-node.ts';
import { podProjection, type WatchedPod } from './watched-pod.ts';

/** What it is made of. */
export interface SourcesRoom {
  readonly informers: Informers;
  readonly clock: Clock;
  readonly log: Log;
  readonly agentNamespace: string;
}

/**
 * What the operator knows of the cluster: one informer a kind, which reconcilers and webhooks share. It is also what
 * reviews see of it (ClusterView).
 */
export class ClusterSources {
  readonly pods: SharedInformer<WatchedPod>;
  readonly namespaces: SharedInformer<WatchedNamespace>;
  readonly nads: SharedInformer<WatchedNetwork>;
  /** By the node's name. Empty where the kind is not installed. */
  readonly nodes: SharedInformer<WeftNode>;
  /** Kubernetes' own, by name. */
  readonly kubeNodes: SharedInformer<WatchedNode>;
  readonly currentConfig: CurrentConfig;
  readonly users: NetworkUserIndex;
  readonly agents: NodeAgents;

  constructor({ informers, clock, log, agentNamespace }: SourcesRoom) {
    this.pods = informers.add({ resource: podResource, project: podProjection(agentNamespace) });
    this.namespaces = informers.add({ resource: namespaceResource, project: projectNamespace });
    this.nads = informers.add({ resource: networkResource, project: projectNetwork, optional: true });
    this.nodes = informers.add({ resource: nodeResource, project: projectWeftNode, optional: true });
    this.kubeNodes = informers.add({ resource: kubeNodeResource, project: projectNode });
    const configs: SharedInformer<WatchedConfig> = informers.add({
      resource: configResource,
      fieldSelector: 'metadata.name=default',
      project: projectConfig,
      optional: true,
    });
    this.currentConfig = new CurrentConfig(configs, log);
    this.users = new NetworkUserIndex(this.currentConfig.spec);
    this.currentConfig.onChange(() => this.users.configure(this.currentConfig.spec));
    this.agents = new NodeAgents(clock);
    this.nodes.subscribe({
      added: ({ metadata }) => this.agents.reported(metadata.name),
      removed: ({ metadata }) => this.agents.forgotten(metadata.name),
    });
    const put = (pod: WatchedPod, key: string): void => this.#putPod(pod, key);
    this.pods.subscribe({
      added: put,
      changed: put,
      removed: (_, key) => {
        this.users.remove(key);
        this.agents.went(key);
      },
      synced: () => this.agents.allKnown(),
    });
  }

  config(): WeftConfigSpec {
    return this.currentConfig.spec;
  }

  namespace(name: string): WatchedNamespace | undefined {
    return this.namespaces.get(name);
  }

  get networks(): NetworkLookup {
    return (namespace, name) => this.nads.get(`${namespace}/${name}`);
  }

  unavailable(namespace: string, name: string): string | undefined {
    const network = this.nads.get(`${namespace}/${name}`);
    return network && unavailability(network);
  }

  #putPod(pod: WatchedPod, key: string): void {
    if ('agentOf' in pod) this.agents.came(key, pod.agentOf);
    else this.users.put(key, pod);
  }
}

/** Without what changes with each write of it. Throws ApiInvalid, which the informer reports. */
function projectWeftNode(object: RawObject): WeftNode {
  const { status } = parseWeftNode(object);
  const { name } = object.metadata;
  const kind = { apiVersion: 'weft.dev/v1alpha1', kind: 'WeftNode' } as const;
  return { ...kind, metadata: { name }, ...(status && { status }) };
}

import type { WeftConfigSpec } from '../../api/weft-config.ts';
import { parseWeftNode, type WeftNode } from '../../api/weft-node.ts';
import type { Informers } from '../../controller/informers.ts';
import type { SharedInformer } from '../../controller/shared-informer.ts';
import type { Log } from '../../daemon/log.ts';
import type { RawObject } from '../../kube/raw-object.ts';
import type { NetworkLookup } from '../../resolve/snapshot.ts';
import { NetworkUserIndex } from '../networks/network-users.ts';
import { CurrentConfig, projectConfig, type WatchedConfig } from './current-config.ts';
import {
  configResource,
  namespaceResource,
  networkResource,
  nodeResource,
  podResource,
} from './watched-kinds.ts';
import { projectNamespace, type WatchedNamespace } from './watched-namespace.ts';
import { projectNetwork, type WatchedNetwork } from './watched-network.ts';
import { projectPod, type WatchedPod } from './watched-pod.ts';

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
  readonly currentConfig: CurrentConfig;
  readonly users: NetworkUserIndex;

  constructor(informers: Informers, log: Log) {
    this.pods = informers.add({ resource: podResource, project: projectPod });
    this.namespaces = informers.add({ resource: namespaceResource, project: projectNamespace });
    this.nads = informers.add({ resource: networkResource, project: projectNetwork, optional: true });
    this.nodes = informers.add({ resource: nodeResource, project: projectNode, optional: true });
    const configs: SharedInformer<WatchedConfig> = informers.add({
      resource: configResource,
      fieldSelector: 'metadata.name=default',
      project: projectConfig,
      optional: true,
    });
    this.currentConfig = new CurrentConfig(configs, log);
    this.users = new NetworkUserIndex(this.currentConfig.spec);
    this.currentConfig.onChange(() => this.users.configure(this.currentConfig.spec));
    this.pods.subscribe({
      added: (pod, key) => this.users.put(key, pod),
      changed: (pod, key) => this.users.put(key, pod),
      removed: (_, key) => this.users.remove(key),
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
}

/** Without what changes with each write of it. Throws ApiInvalid, which the informer reports. */
function projectNode(object: RawObject): WeftNode {
  const { status } = parseWeftNode(object);
  const { name } = object.metadata;
  const kind = { apiVersion: 'weft.dev/v1alpha1', kind: 'WeftNode' } as const;
  return { ...kind, metadata: { name }, ...(status && { status }) };
}

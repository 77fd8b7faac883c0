import type { WeftConfigSpec } from '../../api/weft-config.ts';
import type { NetworkLookup } from '../../resolve/snapshot.ts';
import type { NetworkUsers } from '../networks/network-users.ts';

/** What reviews know of a namespace. */
export interface SeenNamespace {
  readonly labels: Readonly<Record<string, string>>;
  /** It is being deleted, with everything in it. */
  readonly terminating: boolean;
}

/** The cluster as the informers have it: some milliseconds behind the API server. Reviews read nothing else of it. */
export interface ClusterView {
  /** WeftConfig with its defaults filled in; the last good one. */
  config(): WeftConfigSpec;
  /** undefined: there is none of that name. */
  namespace(name: string): SeenNamespace | undefined;
  /** The same object for as long as nothing of the network changes. */
  readonly networks: NetworkLookup;
  /** Why no node can attach that network; undefined: some can, or it is not known. */
  unavailable(namespace: string, name: string): string | undefined;
  readonly users: NetworkUsers;
}

import type { AgentOptions } from 'node:https';
import { resolve } from 'node:path';
import { type Cluster, HttpMethod, KubeConfig, RequestContext, type User } from '@kubernetes/client-node';

/** What a connection to the API server is made with. */
export interface TlsMaterial {
  readonly ca?: string | Buffer;
  readonly cert?: string | Buffer;
  readonly key?: string | Buffer;
  readonly servername?: string;
  readonly rejectUnauthorized?: boolean;
}

/** Who we are at this moment. */
export interface ClusterCredentials {
  /** Authorization and, when acting as somebody else, Impersonate-User. */
  readonly headers: Readonly<Record<string, string>>;
  readonly tls: TlsMaterial;
  /** Address of a proxy on the way. */
  readonly proxy: string | undefined;
}

/**
 * client-node's KubeConfig, of which we want the credentials and never the connection: it makes a dispatcher, hence a
 * TLS handshake, for each call (reference/typescript-stack.md §B). What that would be made of is kept, nothing is made.
 */
export class CapturingKubeConfig extends KubeConfig {
  #captured: AgentOptions = {};

  /** Runs the user's credential program where there is one. Rejects with whatever that, or a missing file, throws. */
  async credentials(): Promise<ClusterCredentials> {
    const context = new RequestContext('https://unused.invalid', HttpMethod.GET);
    await this.applySecurityAuthentication(context);
    const { ca, cert, key, servername, rejectUnauthorized } = this.#captured as TlsMaterial;
    const tls = {
      ...(ca !== undefined && { ca }),
      ...(cert !== undefined && { cert }),
      ...(key !== undefined && { key }),
      ...(servername !== undefined && { servername }),
      ...(rejectUnauthorized !== undefined && { rejectUnauthorized }),
    };
    return { headers: context.getHeaders(), tls, proxy: this.getCurrentCluster()?.proxyUrl };
  }

  override createDispatcherOptions(
    _cluster: Cluster | null,
    options: AgentOptions,
  ): ReturnType<KubeConfig['createDispatcherOptions']> {
    this.#captured = options;
    return { type: 'none' };
  }

  /** Adds what another file says. Of two entries of one name the first counts, as for kubectl; client-node throws. */
  addFile(other: KubeConfig): void {
    for (const cluster of other.getClusters())
      if (!named(this.clusters, cluster.name)) this.addCluster(cluster);
    for (const user of other.getUsers()) if (!named(this.users, user.name)) this.addUser(user);
    for (const context of other.getContexts())
      if (!named(this.contexts, context.name)) this.addContext(context);
    if (!this.currentContext && other.getCurrentContext()) this.setCurrentContext(other.getCurrentContext());
  }

  /**
   * Adds what client-node does not do by itself. It does not read `tokenFile` and would come as nobody; as for kubectl
   * it wins over `token`. And it does not tell credential programs which version they are to speak.
   */
  complete(document: unknown, directory: string): void {
    const entries = (
      document as { users?: readonly { name?: string; user?: { tokenFile?: string } }[] } | null
    )?.users;
    this.users = this.users.map((user): User => {
      const path = entries?.find((entry) => entry?.name === user.name)?.user?.tokenFile;
      if (!path) return user.exec ? { ...user, exec: withExecInfo(user.exec as ExecProgram) } : user;
      const { token: _, ...rest } = user;
      return {
        ...rest,
        authProvider: { name: 'tokenFile', config: { tokenFile: resolve(directory, path) } },
      };
    });
  }
}

/** `exec` of a user. */
interface ExecProgram {
  readonly apiVersion?: string;
  readonly env?: readonly { readonly name: string; readonly value: string }[] | null;
}

function withExecInfo(program: ExecProgram): ExecProgram {
  const { apiVersion = 'client.authentication.k8s.io/v1' } = program;
  const info = { apiVersion, kind: 'ExecCredential', spec: { interactive: false } };
  const variable = { name: 'KUBERNETES_EXEC_INFO', value: JSON.stringify(info) };
  return { ...program, env: [...(program.env ?? []), variable] };
}

function named(entries: readonly { readonly name: string }[] | undefined, name: string): boolean {
  return entries?.some((entry) => entry.name === name) ?? false;
}

import { ApiLink } from '../../../../src/agent/sources/kube/api-link.ts';
import type { FoundConfig } from '../../../../src/agent/sources/kube/found-config.ts';
import type { ConfigKeeper } from '../../../../src/agent/sources/kube/kept-config.ts';
import { KubeSources } from '../../../../src/agent/sources/kube/kube-sources.ts';
import type { PlanSources, WaitBudget } from '../../../../src/agent/sources/plan-sources.ts';
import { defaultWeftConfig } from '../../../../src/api/weft-config.ts';
import type { Log } from '../../../../src/daemon/log.ts';
import { Metrics } from '../../../../src/daemon/metrics.ts';
import { FakeClock, settle } from '../../../fakes/fake-clock.ts';
import { type PuppetCall, PuppetTransport } from '../../../fakes/puppet-transport.ts';

/** Part of each kind's path. */
const paths = {
  networks: 'network-attachment-definitions',
  pods: '/pods',
  config: 'weftconfigs',
  namespaces: '/api/v1/namespaces',
};
type Kind = keyof typeof paths;

/** A line of the log. */
interface Line {
  readonly level: string;
  readonly message: string;
  readonly [field: string]: unknown;
}

/** A node of which nothing is kept. */
class EmptyKeeper implements ConfigKeeper {
  readonly kept: FoundConfig | undefined = undefined;
  readonly problem: string | undefined = undefined;

  keep(): void {}
}

/** The sources of an agent on node `n1` whose API server is the test, on a clock that the test moves. */
export class KubeScene {
  readonly clock: FakeClock = new FakeClock();
  readonly server: PuppetTransport = new PuppetTransport();
  readonly metrics: Metrics = new Metrics();
  readonly lines: Line[] = [];
  readonly sources: KubeSources;
  readonly plan: PlanSources;
  readonly #taken = new Set<PuppetCall>();
  #version = 10;

  /** 'none': a configuration file stands for the object. */
  constructor(kept: ConfigKeeper | 'none' = new EmptyKeeper()) {
    const keeper = kept === 'none' ? undefined : kept;
    const log = this.#log();
    const { clock, metrics } = this;
    const link = new ApiLink({ transport: this.server, clock, random: () => 0.5, log, metrics });
    this.sources = new KubeSources({ link, nodeName: 'n1', keeper, clock, log, metrics });
    this.plan = this.sources.planSources(() => this.sources.config?.current() ?? defaultWeftConfig());
    this.sources.start();
  }

  /** The oldest call about the kind that was not taken yet; fails if there is none. */
  async call(kind: Kind): Promise<PuppetCall> {
    await settle();
    const found = this.server.calls.find((call) => !this.#taken.has(call) && call.path.includes(paths[kind]));
    if (found === undefined) throw new Error(`no call about ${kind}: ${this.paths.join(', ')}`);
    this.#taken.add(found);
    return found;
  }

  /** Paths of all calls. */
  get paths(): readonly string[] {
    return this.server.calls.map(({ path }) => path);
  }

  /** Calls for single objects. */
  get gets(): readonly string[] {
    return this.server.calls
      .filter(({ kind, path }) => kind === 'request' && !path.includes('limit='))
      .map(({ path }) => path);
  }

  /** Answers the list of the kind and opens its watch. */
  async listed(kind: Kind, ...items: readonly object[]): Promise<PuppetCall> {
    const list = await this.call(kind);
    await list.answer(200, {
      metadata: { resourceVersion: `${this.#version}` },
      items: items.map((item) => this.version(item)),
    });
    const watch = await this.call(kind);
    await watch.open();
    return watch;
  }

  /** All three kinds, the last two empty. */
  async allListed(...networks: readonly object[]): Promise<PuppetCall> {
    const watch = await this.listed('networks', ...networks);
    await this.listed('pods');
    await this.listed('config');
    return watch;
  }

  /** The object as the API server has it after its next write. */
  version(object: object): object {
    const { metadata } = object as { readonly metadata?: object };
    this.#version += 1;
    return { ...object, metadata: { uid: 'u', ...metadata, resourceVersion: `${this.#version}` } };
  }

  /** From now on. */
  budget(waitMs = 2_000, callMs = 2_000): WaitBudget {
    return { until: this.clock.monotonic() + waitMs, callMs };
  }

  /** The value of a sample in the metrics; NaN if there is none. */
  async metric(name: string): Promise<number> {
    const row = (await this.metrics.render()).split('\n').find((line) => line.startsWith(`${name} `));
    return Number(row?.slice(name.length + 1));
  }

  #log(): Log {
    const write =
      (level: string) =>
      (fields: object, message: string): void => {
        this.lines.push({ ...fields, level, message });
      };
    return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
  }
}

/** A network as the API server serves it. */
export function networkObject(name: string, config: unknown = '{}', namespace = 'default'): object {
  return {
    apiVersion: 'k8s.cni.cncf.io/v1',
    kind: 'NetworkAttachmentDefinition',
    metadata: { name, namespace },
    spec: { config },
  };
}

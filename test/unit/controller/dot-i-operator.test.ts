import fs, { readFileSync } from 'node:fs';
import https from 'node:https';
import net from 'node:net';
import dotI, { type ResourceEvent, type ResourceMeta } from '@dot-i/k8s-operator';
import { KubeConfig, Watch } from '@kubernetes/client-node';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ControllerMetrics } from '../../../src/controller/controller-metrics.ts';
import { DotIOperator, type OnEvent } from '../../../src/controller/dot-i-operator.ts';
import { Informers } from '../../../src/controller/informers.ts';
import { silentLog } from '../../../src/daemon/log.ts';
import { Metrics } from '../../../src/daemon/metrics.ts';
import type { RawObject } from '../../../src/kube/raw-object.ts';
import type { Resource } from '../../../src/kube/resource.ts';
import type { ApiRequest, Transport } from '../../../src/kube/transport.ts';
import { Writer } from '../../../src/kube/writer.ts';
import { FakeClock, settle } from '../../fakes/fake-clock.ts';
import { PuppetTransport } from '../../fakes/puppet-transport.ts';

const things: Resource = { group: 'x.dev', version: 'v1', plural: 'things' };
const meta: ResourceMeta = {
  id: 'things.x.dev/v1',
  name: 'one',
  namespace: 'ns',
  apiVersion: 'x.dev/v1',
  kind: 'Thing',
  resourceVersion: '7',
};

class Things extends DotIOperator {
  readonly seen: ResourceEvent[] = [];
  onEvent: OnEvent = async () => undefined;

  async init(): Promise<void> {
    await this.watchResource('x.dev', 'v1', 'things', (event, signal) => {
      this.seen.push(event);
      return this.onEvent(event, signal);
    });
  }
}

interface Scene {
  readonly operator: Things;
  readonly clock: FakeClock;
  readonly informers: Informers;
}

function scene(transport: Transport): Scene {
  const clock = new FakeClock();
  const metrics = new Metrics();
  const random = (): number => 0.5;
  const log = silentLog;
  const informers = new Informers({ transport, clock, random, log, metrics });
  informers.add({ resource: things, project: (object) => object });
  const writer = new Writer({ transport, clock, random, fieldManager: 'x' });
  const room = { informers, writer, metrics: new ControllerMetrics(metrics, clock), clock, log };
  return { operator: new Things(room), clock, informers };
}

/** As the adapter loads it. */
const Operator = dotI.default ?? dotI;

/** Every method of the base class, by reflection: what another version brings is not in `calls`, and fails. */
const inherited: readonly string[] = Object.getOwnPropertyNames(Operator.prototype).filter(
  (name) => name !== 'constructor',
);

/** How each is called, and how it may end: `ours` reached our transport, `refused` nothing, `pure` needs none. */
const calls: Readonly<
  Record<string, { readonly args: readonly unknown[]; readonly end: 'ours' | 'refused' | 'pure' }>
> = {
  start: { args: [AbortSignal.abort()], end: 'pure' },
  stop: { args: [], end: 'pure' },
  registerCustomResourceDefinition: { args: ['crds/x.yaml'], end: 'refused' },
  getCustomResourceApiUri: { args: ['x.dev', 'v1', 'things', 'ns'], end: 'pure' },
  watchResource: { args: ['x.dev', 'v1', 'things', async () => undefined], end: 'pure' },
  setResourceStatus: { args: [meta, {}], end: 'ours' },
  patchResourceStatus: { args: [meta, {}], end: 'ours' },
  handleResourceFinalizer: {
    args: [{ meta, type: 'MODIFIED', object: { metadata: { name: 'one' } } }, 'x.dev/end', async () => {}],
    end: 'ours',
  },
  setResourceFinalizers: { args: [meta, ['x.dev/end']], end: 'ours' },
  applyAxiosKubeConfigAuth: { args: [{}], end: 'refused' },
  applyGaxiosKubeConfigAuth: { args: [{}], end: 'refused' },
  resourceStatusRequest: { args: ['PUT', meta, {}], end: 'refused' },
  errorToJson: { args: [new Error('x')], end: 'pure' },
};

describe('DotIOperator over a transport that throws', () => {
  const requests: ApiRequest[] = [];
  const throwing: Transport = {
    request: (request) => {
      requests.push(request);
      return Promise.reject(new Error('our transport'));
    },
    stream: () => Promise.reject(new Error('our transport')),
    close: () => {},
  };
  const forbidden = vi.fn<(what: string) => void>();

  beforeEach(() => {
    requests.length = 0;
    forbidden.mockClear();
    const forbid =
      (what: string): (() => never) =>
      () => {
        forbidden(what);
        throw new Error(`I/O of the base class: ${what}`);
      };
    vi.spyOn(KubeConfig.prototype, 'applyToHTTPSOptions').mockImplementation(forbid('applyToHTTPSOptions'));
    vi.spyOn(KubeConfig.prototype, 'applySecurityAuthentication').mockImplementation(
      forbid('authentication'),
    );
    vi.spyOn(KubeConfig.prototype, 'makeApiClient').mockImplementation(forbid('makeApiClient'));
    vi.spyOn(Watch.prototype, 'watch').mockImplementation(forbid('watch'));
    vi.spyOn(net.Socket.prototype, 'connect').mockImplementation(forbid('connect'));
    vi.spyOn(https, 'request').mockImplementation(forbid('https'));
    vi.spyOn(globalThis, 'fetch').mockImplementation(forbid('fetch'));
    vi.spyOn(fs, 'readFileSync').mockImplementation(forbid('readFileSync'));
    vi.spyOn(process, 'exit').mockImplementation(forbid('exit'));
  });
  afterEach(() => vi.restoreAllMocks());

  /** The constructor makes a client object, which connects to nothing. */
  function made(): Things {
    vi.spyOn(KubeConfig.prototype, 'makeApiClient').mockImplementationOnce(() => ({}));
    vi.spyOn(KubeConfig.prototype, 'loadFromDefault').mockImplementationOnce(() => {});
    return scene(throwing).operator;
  }

  it('has a line for every method that the package has', () => {
    expect(Object.keys(calls).sort()).toEqual([...inherited].sort());
  });

  it.each(inherited)('%s reaches none of its I/O', async (name) => {
    const operator = made();
    const method = (operator as unknown as Record<string, (...args: readonly unknown[]) => unknown>)[name];
    const call = calls[name];
    if (method === undefined || call === undefined) throw new Error(`${name} is not known`);
    const end = await Promise.resolve()
      .then(() => method.apply(operator, [...call.args]))
      .then(
        () => 'done',
        (error: unknown) => String(error),
      );
    expect(forbidden).not.toHaveBeenCalled();
    expect(requests.length).toBe(call.end === 'ours' ? 1 : 0);
    if (call.end === 'ours') expect(end).toContain('our transport');
    else if (call.end === 'refused') expect(end).toContain('operators have no I/O of their own');
    else expect(end).toBe('done');
  });

  it('would notice: the methods of the base class itself do reach it', async () => {
    const operator = made();
    const base = Operator.prototype as unknown as Record<string, (...args: readonly unknown[]) => unknown>;
    const end = await Promise.resolve()
      .then(() =>
        base['applyGaxiosKubeConfigAuth']?.apply(Object.assign(operator, { kubeConfig: new KubeConfig() }), [
          {},
        ]),
      )
      .catch((error: unknown) => String(error));
    expect(end).toContain('I/O of the base class');
    expect(forbidden).toHaveBeenCalledOnce();
  });
});

describe('DotIOperator', () => {
  it('hears of each object there is and of each change, also in its second term, and of nothing in between', async () => {
    const transport = new PuppetTransport();
    const { operator, informers } = scene(transport);
    const object = (name: string, version: string): RawObject => ({
      apiVersion: 'x.dev/v1',
      kind: 'Thing',
      metadata: { name, namespace: 'ns', uid: name, resourceVersion: version },
    });
    informers.start();
    const list = await transport.next();
    await list.answer(200, { metadata: { resourceVersion: '5' }, items: [object('one', '1')] });
    const watch = await transport.next();
    await watch.open();
    const term = async (): Promise<AbortController> => {
      const end = new AbortController();
      void operator.start(end.signal);
      await settle();
      return end;
    };
    const told = (): readonly string[] =>
      operator.seen.splice(0).map(({ type, meta: { id, name, kind } }) => `${type} ${id} ${name} ${kind}`);
    const first = await term();
    expect(told()).toEqual(['MODIFIED things.x.dev/v1 one Thing']);
    await watch.send({ type: 'ADDED', object: object('two', '6') });
    await watch.send({ type: 'DELETED', object: object('one', '8') });
    expect(told()).toEqual(['MODIFIED things.x.dev/v1 two Thing', 'DELETED things.x.dev/v1 one ']);
    first.abort();
    await settle();
    await watch.send({ type: 'ADDED', object: object('three', '9') });
    expect(told()).toEqual([]);
    const second = await term();
    expect(told()).toEqual(['MODIFIED things.x.dev/v1 two Thing', 'MODIFIED things.x.dev/v1 three Thing']);
    second.abort();
    await informers.close();
  });

  it('writes a status by server-side apply, and finalizers only over the version that was seen', async () => {
    const transport = new PuppetTransport();
    const { operator } = scene(transport);
    const status = operator.setResourceStatus(meta, { phase: 'Ready' });
    const applied = await transport.next();
    expect(applied.path).toBe('/apis/x.dev/v1/namespaces/ns/things/one/status?fieldManager=x&force=true');
    expect(applied.request.body?.type).toBe('application/apply-patch+yaml');
    expect(JSON.parse(applied.request.body?.text ?? '')).toEqual({
      apiVersion: 'x.dev/v1',
      kind: 'Thing',
      metadata: { name: 'one', namespace: 'ns' },
      status: { phase: 'Ready' },
    });
    await applied.answer(200, { metadata: { name: 'one', resourceVersion: '8' } });
    expect((await status).resourceVersion).toBe('8');
    const event = { meta, type: 'MODIFIED', object: { metadata: { name: 'one', finalizers: ['other'] } } };
    const handled = operator.handleResourceFinalizer(event as never, 'x.dev/end', async () => {});
    const patched = await transport.next();
    expect(JSON.parse(patched.request.body?.text ?? '')).toEqual({
      metadata: { finalizers: ['other', 'x.dev/end'], resourceVersion: '7' },
    });
    await patched.answer(200, { metadata: { name: 'one', resourceVersion: '9' } });
    expect(await handled).toBe(true);
  });

  it('fails where a base class would be silent: a write that was refused is an error', async () => {
    const transport = new PuppetTransport();
    const { operator } = scene(transport);
    const refused = operator.patchResourceStatus(meta, {}).catch((error: unknown) => error);
    await (await transport.next()).answer(409, { reason: 'Conflict' });
    expect(await refused).toMatchObject({ reason: 'ApiConflict' });
  });

  it('stays an adapter of at most 120 lines', () => {
    const text = readFileSync(new URL('../../../src/controller/dot-i-operator.ts', import.meta.url), 'utf8');
    expect(text.trimEnd().split('\n').length).toBeLessThanOrEqual(120);
  });
});

import { X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { silentLog } from '../../../../src/daemon/log.ts';
import type { ApiAnswer, ApiRequest, Transport } from '../../../../src/kube/transport.ts';
import { Writer } from '../../../../src/kube/writer.ts';
import { OwnCertificates } from '../../../../src/operator/admission/own-certificates.ts';
import { FakeClock } from '../../../fakes/fake-clock.ts';

const timings = { lifeMs: 3_600_000, renewBeforeMs: 1_200_000, settleMs: 60_000, keepMs: 300_000 };

/** A Secret and a webhook configuration, and calls that can be made to fail by their number. */
class Api implements Transport {
  version = 1;
  data: Record<string, string> = {};
  bundles: (string | undefined)[] = [undefined, 'somebody else’s'];
  calls: string[] = [];
  /** Called before each call; may throw, or change what is there. */
  before: (number: number) => void = () => undefined;
  /** Number of the call that is done and whose answer gets lost. */
  lost = 0;

  async request({ method, path, body }: ApiRequest): Promise<ApiAnswer> {
    this.calls.push(method);
    const number = this.calls.length;
    this.before(number);
    const answered = this.#do(method, path, body?.text ?? '{}');
    if (number === this.lost) throw new Error('the connection broke off');
    return answered;
  }

  #do(method: string, path: string, text: string): ApiAnswer {
    const sent = JSON.parse(text) as Sent;
    if (!path.includes('/secrets/')) return answer(200, this.#configuration(method, sent));
    if (method === 'PATCH') {
      if (sent.metadata?.resourceVersion !== String(this.version)) return answer(409, { reason: 'Conflict' });
      this.data = { ...this.data, ...sent.data };
      this.version += 1;
    }
    return answer(200, { metadata: { name: 's', resourceVersion: String(this.version) }, data: this.data });
  }

  stream(): never {
    throw new Error('nothing is watched');
  }

  close(): void {}

  #configuration(method: string, { webhooks = [] }: Sent): object {
    if (method === 'PATCH') this.bundles = webhooks.map(({ clientConfig }) => clientConfig?.caBundle);
    const shown = this.bundles.map((caBundle, index) => ({ name: `w${index}`, clientConfig: { caBundle } }));
    return { metadata: { name: 'weft', resourceVersion: '1' }, webhooks: shown };
  }

  /** Authorities in the configuration. */
  get authorities(): number {
    const texts = this.bundles.map((bundle) => Buffer.from(bundle ?? '', 'base64').toString());
    if (new Set(texts).size !== 1) throw new Error('the webhooks trust different authorities');
    return (texts[0] ?? '').split('BEGIN').length - 1;
  }
}

interface Sent {
  readonly metadata?: { readonly resourceVersion?: string };
  readonly data?: Record<string, string>;
  readonly webhooks?: readonly { readonly clientConfig?: { readonly caBundle?: string } }[];
}

function answer(status: number, body: object): ApiAnswer {
  return { status, retryAfter: undefined, text: JSON.stringify(body) };
}

function replica(
  api: Api,
  clock: FakeClock,
): { readonly keeper: OwnCertificates; readonly served: string[] } {
  const served: string[] = [];
  const keeper = new OwnCertificates({
    writer: new Writer({ transport: api, clock, random: () => 0.5, fieldManager: 'test' }),
    clock,
    log: silentLog,
    random: () => 0.5,
    secret: { namespace: 'n', name: 's' },
    configuration: 'weft',
    names: ['weft-webhook.n.svc'],
    timings,
    lookMs: 10_000,
  });
  keeper.onChange(({ certificate }) => served.push(certificate));
  return { keeper, served };
}

const { signal } = new AbortController();

describe('own certificates', () => {
  it('are made, stored, served and published by the first look, and left alone by the next', async () => {
    const [api, clock] = [new Api(), new FakeClock()];
    const { keeper, served } = replica(api, clock);
    await keeper.look(signal);
    expect(served).toHaveLength(1);
    expect(new X509Certificate(served[0] ?? '').subjectAltName).toBe('DNS:weft-webhook.n.svc');
    expect(api.authorities).toBe(1);
    expect(keeper.warnings()).toEqual([]);
    api.calls = [];
    await keeper.look(signal);
    expect(api.calls).toEqual(['GET', 'GET']);
  });

  it('are the same for the second replica, also where both are first', async () => {
    const [api, clock] = [new Api(), new FakeClock()];
    const [one, other] = [replica(api, clock), replica(api, clock)];
    await Promise.all([one.keeper.look(signal), other.keeper.look(signal)]);
    await other.keeper.look(signal);
    await one.keeper.look(signal);
    expect(one.served.at(-1)).toBe(other.served.at(-1));
    expect(api.authorities).toBe(1);
    expect([one, other].flatMap(({ keeper }) => keeper.warnings())).toEqual([]);
  });

  it('rotate: two authorities before the new certificate is served, one when the old one is forgotten', async () => {
    const [api, clock] = [new Api(), new FakeClock()];
    const { keeper, served } = replica(api, clock);
    const lookIn = async (ms: number): Promise<readonly number[]> => {
      await clock.pass(ms);
      await keeper.look(signal);
      return [served.length, api.authorities];
    };
    expect(await lookIn(0)).toEqual([1, 1]);
    expect(await lookIn(2_300_000)).toEqual([1, 1]);
    expect(await lookIn(200_000)).toEqual([1, 2]);
    expect(await lookIn(59_000)).toEqual([1, 2]);
    expect(await lookIn(1_000)).toEqual([2, 2]);
    expect(await lookIn(239_000)).toEqual([2, 2]);
    expect(await lookIn(1_000)).toEqual([2, 1]);
  });

  it('get where they should be after an end at any call, whatever was done by then', async () => {
    for (let broken = 1; broken <= 5; broken += 1) {
      for (const done of [false, true]) {
        const [api, clock] = [new Api(), new FakeClock()];
        const first = replica(api, clock);
        api.lost = done ? broken : 0;
        api.before = (number) => {
          if (!done && number === broken) throw new Error('the connection broke off');
        };
        await first.keeper.look(signal);
        api.before = () => undefined;
        const second = replica(api, clock);
        await second.keeper.look(signal);
        expect(second.served).toHaveLength(1);
        expect(api.authorities).toBe(1);
        const [{ publishedAt } = {}] = JSON.parse(
          Buffer.from(api.data['generations.json'] ?? '', 'base64').toString(),
        ) as { publishedAt?: number }[];
        expect(publishedAt).toBeTypeOf('number');
      }
    }
  });

  it('are served from memory, and it is said, while the API server is away; without any, nothing is', async () => {
    const [api, clock] = [new Api(), new FakeClock()];
    const { keeper, served } = replica(api, clock);
    api.before = () => {
      throw new Error('away');
    };
    await keeper.look(signal);
    expect([keeper.current, keeper.notAfter, served]).toEqual([undefined, undefined, []]);
    expect(keeper.warnings()).toEqual([expect.stringContaining('away')]);
    api.before = () => undefined;
    await keeper.look(signal);
    api.before = () => {
      throw new Error('away');
    };
    await keeper.look(signal);
    expect(keeper.current?.certificate).toBe(served[0]);
  });

  it('are made anew where somebody has written something else into the Secret', async () => {
    for (const text of ['nonsense', '{}', '[{"ca":"x"}]']) {
      const [api, clock] = [new Api(), new FakeClock()];
      api.data = { 'generations.json': Buffer.from(text).toString('base64') };
      const { keeper, served } = replica(api, clock);
      await keeper.look(signal);
      expect(served).toHaveLength(1);
    }
  });

  it('are looked at again and again until the end', async () => {
    const [api, clock] = [new Api(), new FakeClock()];
    const { keeper } = replica(api, clock);
    const end = new AbortController();
    const running = keeper.start(end.signal);
    for (let round = 0; round < 10; round += 1) await clock.pass(5_000);
    expect(api.calls.length).toBeGreaterThanOrEqual(5 + 4 * 2);
    end.abort();
    await running;
  });
});

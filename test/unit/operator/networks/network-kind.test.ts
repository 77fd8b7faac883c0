import { describe, expect, it } from 'vitest';
import { silentLog } from '../../../../src/daemon/log.ts';
import { KubeError } from '../../../../src/kube/kube-error.ts';
import type { RawObject } from '../../../../src/kube/raw-object.ts';
import type { Patch } from '../../../../src/kube/writer.ts';
import { NetworkKind } from '../../../../src/operator/networks/network-kind.ts';
import { FakeClock, settle } from '../../../fakes/fake-clock.ts';

function definition(uid: string, owner: string, versions: readonly object[] = []): RawObject {
  const labels = { 'app.kubernetes.io/managed-by': owner };
  return {
    metadata: { name: 'networks', uid, labels, resourceVersion: '1', generation: 1 },
    spec: { versions },
  };
}

async function term(
  found: () => RawObject | undefined,
  during: (clock: FakeClock, writes: readonly Patch[]) => Promise<void>,
): Promise<void> {
  const clock = new FakeClock();
  const writes: Patch[] = [];
  const end = new AbortController();
  const running = kindOf(found, writes, clock).start(end.signal);
  await settle();
  await during(clock, writes);
  end.abort();
  await running;
}

function kindOf(found: () => RawObject | undefined, writes: Patch[], clock = new FakeClock()): NetworkKind {
  const get = (): Promise<RawObject> => {
    const object = found();
    if (object !== undefined) return Promise.resolve(object);
    const api = { status: 404, statusReason: 'NotFound', retryAfterMs: 0 };
    return Promise.reject(new KubeError('ApiNotFound', { cause: 'gone' }, api));
  };
  const patch = (_: unknown, __: unknown, wanted: Patch): Promise<RawObject> => {
    writes.push(wanted);
    return get();
  };
  return new NetworkKind({ writer: { get, patch }, clock, log: silentLog });
}

describe('NetworkKind', () => {
  it('writes nothing where the definition is missing or of another product', async () => {
    let now: RawObject | undefined;
    await term(
      () => now,
      async (clock, writes) => {
        now = definition('u1', 'another');
        await clock.pass(60_000);
        expect(writes).toEqual([]);
      },
    );
  });

  it('writes ours once, and again where it was made anew', async () => {
    let now = definition('u1', 'weft');
    await term(
      () => now,
      async (clock, writes) => {
        await clock.pass(60_000);
        expect(writes).toHaveLength(1);
        expect(writes[0]?.body).toMatchObject({
          metadata: { uid: 'u1' },
          spec: { group: 'k8s.cni.cncf.io' },
        });
        now = definition('u2', 'weft');
        await clock.pass(60_000);
        expect(writes.map(({ body }) => (body as RawObject).metadata.uid)).toEqual(['u1', 'u2']);
      },
    );
  });

  it('goes on after a failure', async () => {
    let fails = true;
    await term(
      () => {
        if (fails) throw new Error('no answer');
        return definition('u1', 'weft');
      },
      async (clock, writes) => {
        fails = false;
        await clock.pass(20_000);
        expect(writes).toHaveLength(1);
      },
    );
  });

  it('knows whether the kind has a status', async () => {
    const v1 = { name: 'v1', subresources: { status: {} } };
    expect(await kindOf(() => definition('u1', 'another', [v1]), []).hasStatus()).toBe(true);
    expect(await kindOf(() => definition('u1', 'another', [{ name: 'v1' }]), []).hasStatus()).toBe(false);
    expect(await kindOf(() => undefined, []).hasStatus()).toBe(false);
  });
});

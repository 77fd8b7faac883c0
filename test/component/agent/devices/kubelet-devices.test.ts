import { Buffer } from 'node:buffer';
import { existsSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { KubeletDevices } from '../../../../src/agent/devices/kubelet-devices.ts';
import { asWeftError } from '../../../../src/errors/weft-error.ts';
import type { Devices } from '../../../../src/resolve/devices.ts';
import { beginAnswer, type GrpcMethod, GrpcServer, grpcFrame } from '../../../fakes/grpc-server.ts';
import { type MessageFields, message, podResourcesFields } from '../../../fakes/protobuf-message.ts';

const get = '/v1.PodResourcesLister/Get';
const list = '/v1.PodResourcesLister/List';
const pod = { namespace: 'ns1', name: 'pod-a', uid: 'u1' };
const nics = podResourcesFields('ns1', 'pod-a', [{ devices: { 'weft.test/nic': ['nic-2', 'nic-1'] } }]);
const others = podResourcesFields('ns2', 'pod-a', [{ devices: { 'weft.test/nic': ['nic-9'] } }]);

let directory = '';
let socket = '';
let kubelet: GrpcServer | undefined;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'weft-kubelet-'));
  socket = join(directory, 'kubelet.sock');
});
afterEach(async () => {
  await kubelet?.close();
  kubelet = undefined;
  rmSync(directory, { recursive: true, force: true });
});

async function serve(methods: Readonly<Record<string, GrpcMethod>>): Promise<GrpcServer> {
  kubelet = await GrpcServer.listen(socket, methods);
  return kubelet;
}

function ask(timeoutMs = 2_000): Promise<Devices> {
  return new KubeletDevices(socket).devicesOf(pod, timeoutMs);
}

/** The message of the refusal; checks that the runtime tries again and that the remedy is named. */
async function refusal(timeoutMs = 2_000): Promise<string> {
  const error = asWeftError(
    await ask(timeoutMs).then(
      () => new Error('it answered'),
      (thrown: unknown) => thrown,
    ),
  );
  expect(error).toMatchObject({ reason: 'DevicesUnknown', code: 11, retry: 'later' });
  expect(error.message).toContain('check that the kubelet runs');
  expect(error.message.length).toBeLessThan(300);
  return error.message;
}

describe('the devices of a pod', () => {
  it('come from one call that names the pod', async () => {
    const requests: Buffer[] = [];
    const server = await serve({
      [get]: (request) => {
        requests.push(request);
        return message([[1, nics]]);
      },
    });
    expect(await ask()).toEqual(new Map([['weft.test/nic', ['nic-1', 'nic-2']]]));
    const expected: MessageFields = [
      [1, 'pod-a'],
      [2, 'ns1'],
    ];
    expect(requests).toEqual([message(expected)]);
    expect(server.calls).toEqual([get]);
    await expect.poll(() => server.sockets.size).toBe(0);
  });

  it.each<[string, GrpcMethod | undefined]>([
    ['does not know the method', undefined],
    ['has it switched off', () => ({ status: 2, text: 'PodResources API Get method disabled' })],
  ])('come from the list of all where the kubelet %s', async (_what, method) => {
    const server = await serve({
      ...(method && { [get]: method }),
      [list]: () =>
        message([
          [1, others],
          [1, nics],
        ]),
    });
    expect(await ask()).toEqual(new Map([['weft.test/nic', ['nic-1', 'nic-2']]]));
    expect(server.calls).toEqual([get, list]);
  });

  it('come from an answer of a megabyte', async () => {
    const many = Array.from({ length: 40_000 }, (_, index) => `0000:18:${index}`);
    const fields = podResourcesFields('ns1', 'pod-a', [{ devices: { 'weft.test/nic': many } }]);
    await serve({ [get]: () => message([[1, fields]]) });
    expect((await ask()).get('weft.test/nic')).toHaveLength(40_000);
  });

  it('come a moment later where the kubelet takes no more calls', async () => {
    let rejected = 2;
    await serve({
      [get]: () => (rejected-- > 0 ? { status: 8, text: 'rejected by rate limit' } : message([[1, nics]])),
    });
    expect((await ask()).size).toBe(1);
  });
});

describe('a kubelet that does not tell them', () => {
  it('is not there', async () => {
    expect(await refusal()).toContain('ENOENT');
  });

  it('does not listen', async () => {
    const stale: Server = createServer().listen(socket);
    await expect.poll(() => existsSync(socket)).toBe(true);
    // A kubelet that was killed leaves its socket behind: rename keeps close() from removing it.
    renameSync(socket, `${socket}.kept`);
    await new Promise((resolve) => stale.close(resolve));
    renameSync(`${socket}.kept`, socket);
    expect(await refusal()).toContain('ECONNREFUSED');
  });

  it('does not answer in time, and is not waited for', async () => {
    const server = await serve({ [get]: () => new Promise(() => {}) });
    const start = performance.now();
    expect(await refusal(300)).toContain('no answer within');
    expect(performance.now() - start).toBeLessThan(1_500);
    await expect.poll(() => server.sockets.size).toBe(0);
  });

  it('rejects calls for as long as there is time', async () => {
    await serve({ [get]: () => ({ status: 8, text: 'rejected by rate limit' }) });
    expect(await refusal(200)).toContain('rejected by rate limit');
  });

  it('does not know the pod', async () => {
    await serve({ [get]: () => ({ status: 2, text: 'pod pod-a in namespace ns1 not found' }) });
    expect(await refusal()).toContain('pod pod-a in namespace ns1 not found');
  });

  it('has the pod in no list', async () => {
    await serve({ [list]: () => message([[1, others]]) });
    expect(await refusal()).toContain('the kubelet knows no pod ns1/pod-a');
  });

  it.each<[string, GrpcMethod, string]>([
    ['bytes that are no message', () => Buffer.from([0x0a, 0xff]), 'the message ends within a number'],
    [
      'half a message',
      () => ({
        raw: (stream) => {
          beginAnswer(stream);
          stream.end(grpcFrame(Buffer.alloc(20)).subarray(0, 10));
        },
      }),
      'no single message',
    ],
    [
      'something else than gRPC',
      () => ({
        raw: (stream) => {
          stream.respond({ ':status': 404 });
          stream.end('not here');
        },
      }),
      'HTTP status 404',
    ],
    ['nothing, and breaks off', () => ({ raw: (stream) => stream.session?.destroy() }), ''],
    [
      'more than 16 MiB',
      () => ({
        raw: (stream) => {
          beginAnswer(stream);
          stream.end(Buffer.alloc(17 * 1024 * 1024));
        },
      }),
      'more than',
    ],
  ])('answers %s', async (_what, method, words) => {
    await serve({ [get]: method });
    expect(await refusal()).toContain(words);
  });

  it('speaks another protocol', async () => {
    const server = createServer((peer) => {
      peer.on('error', () => {}).resume();
      peer.end('HTTP/1.0 400 Bad Request\r\n\r\n');
    }).listen(socket);
    await expect.poll(() => existsSync(socket)).toBe(true);
    await refusal();
    await new Promise((resolve) => server.close(resolve));
  });
});

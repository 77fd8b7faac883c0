import { spawn } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { sleep } from '../../harness/run.ts';
import { callSys, driver, scratch, startDriver } from './driver-process.ts';

let room: ReturnType<typeof scratch>;
const servers: Server[] = [];
beforeAll(() => {
  room = scratch();
});
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});
afterAll(() => room.clean());

let counter = 0;

/** A socket path; what the server does with each connection is up to the test. */
async function listen(serve: (socket: Socket) => void, pauseOnConnect = false): Promise<string> {
  counter += 1;
  const path = join(room.path, `s${counter}`);
  const server = createServer({ pauseOnConnect }, (socket) => {
    socket.on('error', () => {});
    serve(socket);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return path;
}

const soon = '$now+5000';

describe('connect', () => {
  it('fails at once where nobody listens', async () => {
    const path = await listen(() => {});
    await new Promise((resolve) => servers.splice(0)[0]?.close(resolve));
    // Node removes the file with its server; one that is left behind by a kill refuses.
    const orphan = join(room.path, 'orphan');
    const maker = spawn('perl', [
      '-e',
      `use Socket; socket(S,PF_UNIX,SOCK_STREAM,0); bind(S, pack_sockaddr_un("${orphan}"))`,
    ]);
    await new Promise((resolve) => maker.on('exit', resolve));
    await driver();
    const started = performance.now();
    const outcomes = await callSys([
      ['connect', path, soon],
      ['connect', orphan, soon],
      ['connect', join(room.path, 'x'.repeat(108)), soon],
    ]);
    expect(outcomes.map((outcome) => outcome.errno)).toEqual(['ENOENT', 'ECONNREFUSED', 'ENAMETOOLONG']);
    expect(outcomes[1]).toMatchObject({ call: 'connect', subject: orphan });
    expect(performance.now() - started).toBeLessThan(1000);
  });

  it('gives up at the deadline where the backlog is full', async () => {
    const path = join(room.path, 'full');
    const code = `use Socket; $| = 1; socket(S,PF_UNIX,SOCK_STREAM,0); bind(S, pack_sockaddr_un("${path}")); listen(S, 0); print "on\\n"; sleep 30`;
    const deaf = spawn('perl', ['-e', code], { stdio: ['ignore', 'pipe', 'inherit'] });
    await new Promise((resolve) => deaf.stdout?.once('data', resolve));
    const outcomes = await callSys([
      ['connect', path, soon],
      ['monotonicMs'],
      ['connect', path, '$now+300'],
      ['monotonicMs'],
      ['connect', path, '$now+0'],
    ]);
    deaf.kill('SIGKILL');
    expect(outcomes.map((outcome) => outcome.errno)).toEqual([
      undefined,
      undefined,
      'ETIMEDOUT',
      undefined,
      'ETIMEDOUT',
    ]);
    const waited = Number(outcomes[3]?.result) - Number(outcomes[1]?.result);
    expect(waited).toBeGreaterThanOrEqual(295);
    expect(waited).toBeLessThan(1500);
  });

  it('refuses a peer that is neither root nor our own user', async () => {
    const path = join(room.path, 'foreign');
    chmodSync(room.path, 0o777);
    const code = `use Socket; use POSIX; $| = 1; POSIX::setgid(65534); POSIX::setuid(65534); socket(S,PF_UNIX,SOCK_STREAM,0); bind(S, pack_sockaddr_un("${path}")) or die; listen(S, 5); print "on\\n"; sleep 30`;
    // The way to the room may be closed to others, so it is entered before the user changes.
    const foreign = spawn('perl', ['-e', code.replaceAll(path, 'foreign')], {
      cwd: room.path,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await new Promise((resolve) => foreign.stdout?.once('data', resolve));
    const outcomes = await callSys([['connect', path, soon]]);
    foreign.kill('SIGKILL');
    expect(outcomes).toEqual([{ errno: 'EPERM', call: 'connect', subject: path }]);
  });
});

describe('receiveLine', () => {
  it('gives line after line, however they arrive', async () => {
    const path = await listen((socket) => {
      socket.write('one\ntwo é\n\nthr');
      setTimeout(() => socket.write(Uint8Array.from([0x65, 0x65, 0xe4])), 50);
      setTimeout(() => socket.end(Uint8Array.from([0xb8, 0x96, 0x0a])), 100);
    });
    const outcomes = await callSys([
      ['connect', path, soon],
      ...Array.from({ length: 5 }, () => ['receiveLine', '$0', 1000, soon] as const),
    ]);
    expect(outcomes.slice(1).map((outcome) => outcome.result)).toEqual([
      'one',
      'two é',
      '',
      'three世',
      undefined,
    ]);
    expect(outcomes.at(-1)).toEqual({});
  });

  it('takes a line that is cut by the end of the stream for none', async () => {
    const path = await listen((socket) => socket.end('whole\ncut'));
    const outcomes = await callSys([
      ['connect', path, soon],
      ['receiveLine', '$0', 1000, soon],
      ['receiveLine', '$0', 1000, soon],
      ['receiveLine', '$0', 1000, soon],
    ]);
    expect(outcomes.slice(1)).toEqual([{ result: 'whole' }, {}, {}]);
  });

  it('gives up at the deadline and goes on where it was', async () => {
    const path = await listen((socket) => {
      socket.write('half');
      setTimeout(() => socket.write(' and half\n'), 600);
    });
    const outcomes = await callSys([
      ['connect', path, soon],
      ['receiveLine', '$0', 1000, '$now+200'],
      ['receiveLine', '$0', 1000, soon],
    ]);
    expect(outcomes[1]).toMatchObject({ errno: 'ETIMEDOUT', call: 'receiveLine' });
    expect(outcomes[2]).toEqual({ result: 'half and half' });
  });

  it('refuses a line longer than the limit, line feed included, and bytes that are not UTF-8', async () => {
    const path = await listen((socket) => {
      socket.end(
        Buffer.concat([
          Buffer.from(`${'x'.repeat(99)}\n`),
          Buffer.from([0xff, 0x0a]),
          Buffer.from('y'.repeat(100_000)),
        ]),
      );
    });
    const outcomes = await callSys([
      ['connect', path, soon],
      ['receiveLine', '$0', 100, soon],
      ['receiveLine', '$0', 100, soon],
      ['receiveLine', '$0', 100, soon],
    ]);
    expect(outcomes[1]?.result).toBe('x'.repeat(99));
    expect(outcomes[2]).toMatchObject({ errno: 'EILSEQ' });
    expect(outcomes[3]).toMatchObject({ errno: 'EFBIG' });
    const wide = await listen((socket) => socket.end(`${'x'.repeat(100)}\n`));
    const [, tooLong] = await callSys([
      ['connect', wide, soon],
      ['receiveLine', '$0', 100, soon],
    ]);
    expect(tooLong).toMatchObject({ errno: 'EFBIG' });
  });

  it('moves a frame of 4 MiB', async () => {
    const text = 'f'.repeat(4 * 1024 * 1024 - 1);
    const path = await listen((socket) => socket.end(`${text}\n`));
    const outcomes = await callSys([
      ['connect', path, soon],
      ['receiveLine', '$0', 4 * 1024 * 1024, soon],
      ['length', '$1'],
    ]);
    expect(outcomes[2]).toEqual({ result: text.length });
  });

  it('takes a peer that dies with our words unread for the end of the stream', async () => {
    const path = await listen((socket) => setTimeout(() => socket.destroy(), 200), true);
    const outcomes = await callSys([
      ['connect', path, soon],
      ['send', '$0', 'request\n', soon],
      ['receiveLine', '$0', 1000, soon],
    ]);
    expect(outcomes.slice(1)).toEqual([{}, {}]);
  });

  it('starts empty on a descriptor that is used again', async () => {
    const first = await listen((socket) => socket.write('old 1\nold 2\n'));
    const second = await listen((socket) => socket.write('new\n'));
    const outcomes = await callSys([
      ['connect', first, soon],
      ['receiveLine', '$0', 1000, soon],
      ['close', '$0'],
      ['connect', second, soon],
      ['receiveLine', '$3', 1000, soon],
    ]);
    expect(outcomes[3]?.result).toBe(outcomes[0]?.result);
    expect(outcomes[4]).toEqual({ result: 'new' });
  });
});

describe('send', () => {
  it('delivers megabytes to a slow reader', async () => {
    let received = 0;
    const path = await listen((socket) => {
      socket.on('data', (chunk: Uint8Array) => {
        received += chunk.length;
        socket.pause();
        setTimeout(() => socket.resume(), 1);
        if (received === 4_000_001) socket.end('thanks\n');
      });
    });
    const outcomes = await callSys([
      ['connect', path, '$now+20000'],
      ['send', '$0', { $repeat: ['é', 2_000_000] }, '$now+20000'],
      ['send', '$0', '\n', '$now+20000'],
      ['receiveLine', '$0', 100, '$now+20000'],
    ]);
    expect(outcomes[3]).toEqual({ result: 'thanks' });
  });

  it('gives up at the deadline where nobody reads, and is EPIPE where nobody is', async () => {
    const deaf = await listen(() => {}, true);
    const [, timeout] = await callSys([
      ['connect', deaf, soon],
      ['send', '$0', { $repeat: ['x', 8_000_000] }, '$now+200'],
    ]);
    expect(timeout).toMatchObject({ errno: 'ETIMEDOUT', call: 'send' });
    const gone = await listen((socket) => socket.destroy());
    const outcomes = await callSys([
      ['connect', gone, soon],
      ['sleepMs', 200],
      ['send', '$0', 'x', soon],
    ]);
    expect(outcomes[2]).toMatchObject({ errno: 'EPIPE' });
  });
});

describe('a connection', () => {
  it('ends for the peer when the plugin is killed', async () => {
    let ended = false;
    const path = await listen((socket) => socket.on('close', () => (ended = true)).resume());
    const running = startDriver(await driver(), [
      ['connect', path, soon],
      ['sleepMs', 30_000],
    ]);
    await running.outcomes(1);
    running.kill();
    await running.end;
    for (let i = 0; i < 100 && !ended; i++) await sleep(10);
    expect(ended).toBe(true);
  });
});

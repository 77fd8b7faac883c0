/**
 * node test/load/admission.ts: 100 reviews a second for 20 s against the webhook server in a process of its own, beside
 * which 100 events of pods a second come in, with 5,000 networks and 20,000 pods in its memory; over as many kept
 * connections as an API server has. No review comes before the first of them: what is slow once counts. Beside it and at
 * the same time the floor: a server that answers everything with one text.
 *
 * Ends with 1 where the 99th percentile is above 10 ms, also where the machine is too busy to say whose that is: the
 * floor's is above 5 ms in three rounds.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request } from 'node:https';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { rendered } from '../api/rendered.ts';
import { type WebhookCall, webhookCall } from './admission-bodies.ts';
import type { Started, Used } from './admission-servers.ts';
import { nodeOptions } from './operator-replica.ts';

const perSecond = 100;
const seconds = 20;
const limitMs = 10;
const connections = 4;

/** A 99th percentile of the floor above this is the machine's. */
const busyMs = 5;

async function measure(): Promise<number> {
  const options = nodeOptions(await rendered('config/operator'));
  for (let round = 0; round < 3; round += 1) {
    const servers = await Promise.all([Target.start('floor', options), Target.start('weft', options)]);
    try {
      const [floor, weft] = await Promise.all(servers.map((server) => server.load()));
      if (floor === undefined || weft === undefined) return 1;
      for (const line of [floor.shown, weft.shown]) console.log(line);
      // A machine that is busy proves nothing against weft.
      if (weft.p99 > limitMs && floor.p99 > busyMs) continue;
      const fails = weft.p99 > limitMs;
      console.log(
        `admission p99 at ${perSecond}/s: ${weft.p99.toFixed(2)} ms, at most ${limitMs}: ${fails ? 'FAILED' : 'ok'}`,
      );
      return fails ? 1 : 0;
    } finally {
      for (const server of servers) server.end();
    }
  }
  console.log(`the machine is too busy to measure: p99 of the floor is above ${busyMs} ms`);
  return 1;
}

interface Measured {
  readonly shown: string;
  readonly p99: number;
}

/** A server in a process of its own, and the connections to it. */
class Target {
  readonly #name: string;
  readonly #child: ChildProcess;
  readonly #started: Started;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: connections });

  private constructor(name: string, child: ChildProcess, started: Started) {
    this.#name = name;
    this.#child = child;
    this.#started = started;
  }

  static async start(name: string, execArgv: readonly string[]): Promise<Target> {
    const child = fork(join(import.meta.dirname, 'admission-servers.ts'), [name], {
      execArgv: [...execArgv],
      // Its log is written, and read by nobody.
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    const [started] = (await Promise.race([once(child, 'message'), died(child)])) as [Started];
    return new Target(name, child, started);
  }

  async load(): Promise<Measured> {
    const connect = (): Promise<number> => this.#call({ path: '/networks', body: '' }, 400);
    await Promise.all(Array.from({ length: connections }, connect));
    const calls = Array.from({ length: perSecond * seconds }, (_, index) => webhookCall(index));
    const before = await this.#used();
    const times: number[] = [];
    const begin = performance.now();
    const running: Promise<void>[] = [];
    for (const [index, call] of calls.entries()) {
      const wait = begin + (index * 1_000) / perSecond - performance.now();
      if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
      running.push(this.#call(call, 200).then((ms) => void times.push(ms)));
    }
    await Promise.all(running);
    const after = await this.#used();
    times.sort((left, right) => left - right);
    const ms = (share: number): string => percentile(times, share).toFixed(2);
    const cpu = ((after.cpuMs - before.cpuMs) / times.length).toFixed(2);
    return {
      shown:
        `${this.#name.padEnd(6)} median ${ms(0.5)}, p90 ${ms(0.9)}, p99 ${ms(0.99)}, max ${ms(1)} ms of ${times.length}; ` +
        `${cpu} ms CPU each; longest collection ${after.longestGcMs.toFixed(1)} ms; load average ${loadavg()[0]?.toFixed(1)}`,
      p99: percentile(times, 0.99),
    };
  }

  end(): void {
    this.#agent.destroy();
    this.#child.kill();
  }

  /** Milliseconds from the request to the end of its answer. */
  #call({ path, body }: WebhookCall, wanted: number): Promise<number> {
    const { port, ca } = this.#started;
    const begin = performance.now();
    return new Promise((resolve, reject) => {
      const options = { host: '127.0.0.1', port, ca, agent: this.#agent, path, method: 'POST' };
      const sent = request(options, (answer) => {
        const isExpected = answer.statusCode === wanted || this.#name === 'floor';
        if (!isExpected) reject(new Error(`${path}: status ${answer.statusCode}`));
        answer.resume().on('end', () => resolve(performance.now() - begin));
      });
      sent.on('error', reject).end(body);
    });
  }

  async #used(): Promise<Used> {
    this.#child.send('used');
    const [used] = (await Promise.race([once(this.#child, 'message'), died(this.#child)])) as [Used];
    return used;
  }
}

async function died(child: ChildProcess): Promise<never> {
  const [code] = await once(child, 'exit');
  throw new Error(`a server ended with ${code}`);
}

function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

process.exitCode = await measure();

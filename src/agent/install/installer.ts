import { readdir } from 'node:fs/promises';
import type { Log } from '../../daemon/log.ts';
import type { Count, Metrics } from '../../daemon/metrics.ts';
import { asWeftError, type WeftError } from '../../errors/weft-error.ts';
import type { Complaint } from '../complaint.ts';
import { filesBefore } from './conf-order.ts';
import { makeDirectory, readIfThere, removeAbandoned, replaceFile } from './durable-file.ts';
import { installError } from './install-error.ts';
import { type InstallInputs, type InstallPaths, type Present, wantedFiles } from './install-plan.ts';
import { ownConfName } from './own-conf.ts';
import type { PluginBinary } from './plugin-binary.ts';

/**
 * Secrets are in none of them, but security benchmarks want CNI configurations unreadable for others, and root alone
 * reads them.
 */
const privateMode = 0o600;

/** What an installer needs. */
export interface InstallerRoom {
  /** False: `--no-install`; only looks whether everything is in place. */
  readonly writes: boolean;
  readonly binary: PluginBinary;
  readonly paths: InstallPaths;
  /** Read at each check. Must not throw. */
  readonly inputs: () => InstallInputs;
  /** Called when there is a plugin and node.json is in order, before our configuration is looked at. Must not reject. */
  readonly prepared: () => Promise<void>;
  readonly log: Log;
  readonly metrics: Metrics;
}

/** Keeps plugin, node.json and our configuration on the host as they must be. */
export class Installer {
  readonly #room: InstallerRoom;
  readonly #failures: Count;
  readonly #writes: Count;
  #problems: readonly string[] = ['the installation has not been checked yet'];
  #shadowing: readonly string[] = [];
  #ownConfThere = false;
  #running: Promise<void> | undefined;
  #again = false;

  constructor(room: InstallerRoom) {
    this.#room = room;
    this.#failures = room.metrics.count({
      name: 'weft_install_failures_total',
      help: 'Checks of the installation that could not bring it into order.',
      initial: [{}],
    });
    this.#writes = room.metrics.count({
      name: 'weft_install_writes_total',
      help: 'Files written to the host.',
      labels: ['file'],
      initial: [{ file: 'plugin' }, { file: 'node.json' }, { file: 'conf' }],
    });
    room.metrics.gauge(
      {
        name: 'weft_conf_files_before',
        help: 'CNI configurations that the runtime takes before ours; above 0 weft is not called.',
      },
      () => this.#shadowing.length,
    );
  }

  /** Sentences about what is not in order, after the last check. */
  problems(): readonly string[] {
    return this.#problems;
  }

  /** The same, with the reason of each. */
  complaints(): readonly Complaint[] {
    const order = this.#shadowing.map((name) => this.#shadows(name));
    return this.#problems.map((message) => ({
      reason: order.includes(message) ? 'NotFirst' : 'NotInstalled',
      message,
    }));
  }

  /** What the last check found in the runtime's directory: whether our configuration is there, and the files before it. */
  get conf(): { readonly there: boolean; readonly before: readonly string[] } {
    const { confDir } = this.#room.paths;
    return { there: this.#ownConfThere, before: this.#shadowing.map((name) => `${confDir}/${name}`) };
  }

  /** Brings everything into order. Calls that come while one runs are served by one more run. Never rejects. */
  check(): Promise<void> {
    if (this.#running !== undefined) {
      this.#again = true;
      return this.#running;
    }
    this.#running = this.#repeat();
    return this.#running;
  }

  async #repeat(): Promise<void> {
    do {
      this.#again = false;
      await this.#once();
    } while (this.#again);
    this.#running = undefined;
  }

  async #once(): Promise<void> {
    const before = new Set(this.#problems);
    const problems: string[] = [];
    try {
      problems.push(...(await this.#bringIntoOrder()));
      problems.push(...(await this.#order()));
    } catch (error) {
      problems.push(this.#failed(asWeftError(error)));
    }
    for (const problem of problems)
      if (!before.has(problem)) this.#room.log.warn({ problem }, 'installation');
    if (problems.length === 0 && before.size > 0) this.#room.log.info({}, 'installation in order');
    this.#problems = problems;
  }

  #failed(error: WeftError): string {
    this.#failures.add();
    return error.message;
  }

  /** In this order: a configuration that names a missing plugin, or a DEL without node.json, would hurt. */
  async #bringIntoOrder(): Promise<readonly string[]> {
    const { binary, paths, inputs, writes, prepared } = this.#room;
    const nodeFile = `${paths.stateDir}/node.json`;
    const ownConf = `${paths.confDir}/${ownConfName}`;
    if (writes) for (const path of [binary.target, nodeFile, ownConf]) await removeAbandoned(path);
    const problems: string[] = [];
    problems.push(...(await this.#plugin()));
    const text = (await at('read', ownConf, () => readIfThere(ownConf)))?.toString('utf8');
    const present: Present = { ownConf: text, pluginIsCurrent: problems.length === 0 };
    const before = wantedFiles(inputs(), present);
    if (before === undefined) return [...problems, ...(await this.#confWithoutNetwork())];
    problems.push(...(await this.#file('node.json', nodeFile, before.nodeFile)));
    // A plugin of another version that could not be replaced serves as well.
    if (writes || problems.length === 0) await prepared();
    // That may have changed what is wanted.
    const { ownConf: wanted } = wantedFiles(inputs(), present) ?? before;
    problems.push(...(await this.#file('conf', ownConf, wanted)));
    return problems;
  }

  async #plugin(): Promise<readonly string[]> {
    const { binary, writes, log } = this.#room;
    const { target } = binary;
    const state = await at('compare', target, () => binary.state());
    if (state === 'current') return [];
    if (!writes) return [`${target} is ${state === 'missing' ? 'missing' : 'not the plugin of this agent'}`];
    try {
      await at('write', target, () => binary.install());
    } catch (error) {
      // One of another version still serves; without any, our configuration would stop every pod.
      if (state === 'different') return [this.#failed(asWeftError(error))];
      throw error;
    }
    this.#writes.add({ file: 'plugin' });
    log.info({ file: target, was: state }, 'installed');
    return [];
  }

  async #file(label: string, path: string, text: string): Promise<readonly string[]> {
    const { writes, paths, log } = this.#room;
    const bytes = Buffer.from(text);
    const present = await at('read', path, () => readIfThere(path));
    if (present?.equals(bytes) === true) return [];
    if (!writes)
      return [`${path} is ${present === undefined ? 'missing' : 'not what this agent would write'}`];
    if (label === 'node.json') await at('make', paths.stateDir, () => makeDirectory(paths.stateDir, 0o700));
    await at('write', path, () => replaceFile(path, bytes, privateMode));
    this.#writes.add({ file: label });
    log.info({ file: path, was: present === undefined ? 'missing' : 'different' }, 'installed');
    return [];
  }

  /** The reason why there is no default network is told by whoever looked for it. */
  async #confWithoutNetwork(): Promise<readonly string[]> {
    const path = `${this.#room.paths.confDir}/${ownConfName}`;
    const present = await at('read', path, () => readIfThere(path));
    return present === undefined ? [`${path} is not written until the default network is known`] : [];
  }

  async #order(): Promise<readonly string[]> {
    const { confDir } = this.#room.paths;
    const names = await at('read', confDir, () => readdir(confDir));
    this.#shadowing = filesBefore(names, ownConfName);
    this.#ownConfThere = names.includes(ownConfName);
    return this.#shadowing.map((name) => this.#shadows(name));
  }

  #shadows(name: string): string {
    const { confDir } = this.#room.paths;
    return `${confDir}/${name} sorts before ${ownConfName}, so the runtime uses it; remove it`;
  }
}

async function at<T>(step: string, path: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw await installError(step, path, error);
  }
}

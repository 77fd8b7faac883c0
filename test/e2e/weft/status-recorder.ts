import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bareConfName } from '../../../hack/cluster/default-network.ts';
import type { ClusterNode } from '../../../hack/cluster/node.ts';
import { ScriptedBin } from '../../fakes/scripted-delegate/scripted-delegate.ts';
import { eventually } from '../eventually.ts';

const plugin = 'status-recorder';

/**
 * A node whose default network speaks CNI 1.1.0 and has one plugin more at its end: one that notes each call and does as
 * it is told. Nobody else can tell that the runtime asked STATUS.
 */
export class StatusRecorder {
  readonly bin: ScriptedBin;
  readonly #node: ClusterNode;
  readonly #conf: string;
  readonly #before: string;

  private constructor(node: ClusterNode) {
    this.#node = node;
    this.#conf = join(node.paths.etcCniNetd, bareConfName);
    this.#before = readFileSync(this.#conf, 'utf8');
    this.bin = new ScriptedBin(node.paths.optCniBin);
  }

  /** Resolves when weft has taken the plugin into the default network. */
  static async put(node: ClusterNode): Promise<StatusRecorder> {
    const recorder = new StatusRecorder(node);
    recorder.bin.install(plugin);
    const list = JSON.parse(recorder.#before) as { plugins: object[] };
    const text = JSON.stringify({
      ...list,
      cniVersion: '1.1.0',
      plugins: [...list.plugins, { type: plugin }],
    });
    recorder.#write(text);
    await recorder.#known(true);
    return recorder;
  }

  /** How often the default network was asked since the recorder is there. */
  get asked(): number {
    return this.bin.trace().filter((line) => line === `STATUS ${plugin} `).length;
  }

  /** From now on STATUS of the default network fails with these words; undefined: it succeeds again. */
  fail(code: number, message: string): void {
    this.bin.scriptFor(plugin, [`STATUS: error ${code} ${message}`]);
  }

  succeed(): void {
    this.bin.unscript(plugin);
  }

  /** Takes the default network's configuration away. */
  removeConf(): void {
    renameSync(this.#conf, `${this.#conf}.away`);
  }

  restoreConf(): void {
    renameSync(`${this.#conf}.away`, this.#conf);
  }

  /** Leaves the node as it was. */
  async remove(): Promise<void> {
    rmSync(`${this.#conf}.away`, { force: true });
    this.#write(this.#before);
    await this.#known(false);
    for (const name of [plugin, '.scripted'])
      rmSync(join(this.#node.paths.optCniBin, name), { recursive: true, force: true });
  }

  /** As careful programs replace a configuration. */
  #write(text: string): void {
    writeFileSync(`${this.#conf}.new`, text);
    renameSync(`${this.#conf}.new`, this.#conf);
  }

  async #known(wanted: boolean): Promise<void> {
    await eventually(`the default network in node.json of ${this.#node.name}`, 30_000, async () => {
      const text = readFileSync(join(this.#node.paths.varLibWeft, 'node.json'), 'utf8');
      if (text.includes(plugin) !== wanted) throw new Error(text);
    });
  }
}

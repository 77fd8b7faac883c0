import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeNodeFile, nodeFileFormat } from '../../../src/attachment/node-file.ts';
import { delegatesOf } from '../../../src/attachment/plan.ts';
import type { ValidAttachment } from '../../../src/cni/valid-attachments.ts';
import { type FakeAttachment, planFor } from '../../fakes/plan.ts';
import type { CallOptions, CniCall, TimeBudgets } from '../../harness/runtime.ts';
import type { Pod } from '../../harness/sandbox.ts';
import { PluginBench, type Scripts, scripted } from './fixture.ts';
import { rewriteRecord } from './record-file.ts';

/** alpha and delta on eth0, beta on net1, gamma on net2: chains of CNI 1.1.0. A GC removes what is not listed. */
export function gcNetworks(scripts: Scripts = {}): readonly FakeAttachment[] {
  const collecting = (type: string): Readonly<Record<string, unknown>> =>
    scripted(type, { [type]: ['GC: collect'], ...scripts });
  const of = (types: readonly string[], ifname: string): FakeAttachment => ({
    ifname,
    cniVersion: '1.1.0',
    plugins: types.map(collecting),
  });
  return [of(['alpha', 'delta'], 'eth0'), of(['beta'], 'net1'), of(['gamma'], 'net2')];
}

/** A node that has attached by these networks, node.json included. */
export class GcBench extends PluginBench {
  /** The agent answers with these from now on, and node.json has the first. */
  async serveNetworks(attachments: readonly FakeAttachment[]): Promise<void> {
    await this.serve(attachments);
    const { dirs } = this.node;
    const [step] = delegatesOf(planFor({ containerId: '', ifname: '', netns: '' }, attachments).steps);
    if (step === undefined) throw new Error('no default network');
    mkdirSync(dirs.state, { recursive: true });
    const file = { format: nodeFileFormat, weft: '0.0.0-test', cniPath: [dirs.bin] };
    const text = encodeNodeFile({ ...file, defaultNetwork: { ...step, ifname: '' } });
    writeFileSync(join(dirs.state, 'node.json'), text);
  }

  /** GC with this list, as libcni calls; undefined: without one, as cnitool does. */
  gc(
    listed: readonly Pod[] | null | undefined,
    options: CallOptions & { readonly budgets?: TimeBudgets } = {},
  ): Promise<CniCall> {
    const [plugin] = this.runtime.conflist.plugins;
    const list = listed?.map(
      ({ containerId }): ValidAttachment => ({ containerID: containerId, ifname: 'eth0' }),
    );
    const value = listed === null ? null : list;
    const keys =
      value === undefined ? {} : { 'cni.dev/valid-attachments': value, 'cni.dev/attachments': value };
    const conf = {
      ...plugin,
      cniVersion: '1.1.0',
      name: 'weft',
      timeBudgets: options.budgets ?? {},
      ...keys,
    };
    return this.runtime.call('GC', { ifname: '', args: '', stdin: JSON.stringify(conf), ...options });
  }

  /** Makes the pod's record older than what counts as young. */
  age(...pods: readonly Pod[]): void {
    for (const pod of pods) {
      for (const which of ['state', 'run'] as const) {
        rewriteRecord(this.recordPath(pod, which), (record) => ({
          ...record,
          createdAt: record.createdAt - 600_000,
        }));
      }
    }
  }
}

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { marksOf, names, removeCluster, sharedCluster } from '../clusters.ts';
import { leftovers, machineSnapshot } from '../machine-audit.ts';

const main = join(import.meta.dirname, '../../../hack/demo/main.ts');
const limitMs = 240_000;

afterAll(() => removeCluster(names.demo, () => {}));

/** Runs it as `make demo` does, and resolves with its end. */
function demo(
  ...args: readonly string[]
): Promise<{ readonly status: number | null; readonly said: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8');
      stream.on('data', (text: string) => {
        said += text;
      });
    }
    child.once('error', reject);
    child.once('close', (status) => resolve({ status, said }));
  });
}

describe('make demo', () => {
  it('tells its whole story, every claim of which holds, and leaves nothing with --down', {
    timeout: limitMs,
  }, async () => {
    const before = machineSnapshot([names.demo]);
    const { status, said } = await demo(`--name=${names.demo}`, '--down');
    expect(status, said).toBe(0);
    for (const part of [
      '$ kubectl get net-attach-def -n demo',
      '✓ Two replicas of the operator are Ready',
      '✓ The operator has checked both and says that they are valid',
      /spec\.config\.plugins\[0\]\.mode: mode is "brigde"/,
      '✓ It is refused, with the place of the mistake',
      '✓ It is refused, and all 3 pods that have it are named',
      /POD +NODE +NETWORK +INTERFACE +ADDRESS +MAC/,
      /✓ red \(node1\) pings blue \(node2\) at \S+ over net1, network demo\/lan/,
      /✓ green \(node1\) pings blue \(node2\) at \S+ over net2, network demo\/storage/,
      /✓ blue has seen \S+ on net2 at \S+, the MAC of green/,
      /✓ No agent answers on node2/,
      /✓ node1: no record is left/,
      /✓ The agents are back/,
    ]) {
      expect(said).toMatch(part);
    }
    // The number of ticks on the screen is the number of claims that were checked.
    expect(said).toContain(`${said.match(/^ {2}✓ /gm)?.length} claims checked`);
    expect(existsSync(marksOf(names.demo).stateDir)).toBe(false);
    expect(await leftovers(before, [names.demo])).toEqual([]);
  });

  it('refuses a cluster that stands under another name than its own, and leaves it', async () => {
    const { status, said } = await demo(`--name=${names.shared}`, '--down');
    expect(status).toBe(1);
    expect(said).toBe(
      `\n✗ cluster '${names.shared}' stands already: make cluster-down NAME=${names.shared}, or take another name\n`,
    );
    const shared = await sharedCluster();
    expect(await shared.kubectl(['get', 'nodes', '--output=name'])).toBe('node/node1\nnode/node2\n');
  });
});

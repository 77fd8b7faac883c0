import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import type { ArchiveEntry } from '../../hack/vm/cpio.ts';
import { buildInitramfs } from '../../hack/vm/initramfs.ts';
import { Machine, type MachineDisk } from '../../hack/vm/machine.ts';
import { faultsBinary } from '../faults/faults-binary.ts';
import { isDebris, ownedName } from '../harness/owner.ts';
import { agentBundle, cniPluginsDir, multusBinary, weftBinary } from '../harness/toolchain.ts';
import type { GuestCases } from './guest.ts';

const root = join(import.meta.dirname, '..', '..');
const runs = join(root, 'build', 'vm');

/** What harness and plugins call, beyond busybox; its shell would run its own `ip` whatever PATH says. */
const programs: readonly string[] = ['ip', 'nft', 'nsenter', 'sh', 'tc'];

/** The plugins of test/net and those of networks.ts. */
const plugins: readonly string[] = [
  ...[
    'bandwidth',
    'bridge',
    'dummy',
    'firewall',
    'host-local',
    'ipvlan',
    'loopback',
    'macvlan',
    'portmap',
    'ptp',
  ],
  ...['static', 'tuning', 'vlan', 'vrf'],
];

/** Boots machines with what was built, and a checkout of their own that holds just that. */
export class VmBench {
  /** Of this run; a test may keep files here. */
  readonly dir: string;
  readonly #kernelDir: string;
  #boots = 0;

  private constructor(dir: string, kernelDir: string) {
    this.dir = dir;
    this.#kernelDir = kernelDir;
  }

  /** `withFaults`: the build of the plugin that stops at points is there too. `withMultus`: thin Multus. */
  static async create(withFaults: boolean, withMultus: boolean = false): Promise<VmBench> {
    mkdirSync(runs, { recursive: true });
    for (const name of readdirSync(runs).filter(isDebris)) rmSync(join(runs, name), { recursive: true });
    const dir = join(runs, ownedName());
    mkdirSync(dir);
    const script = join(root, 'hack/toolchain/kernel.sh');
    const kernelDir = execFileSync(script, { encoding: 'utf8' }).trim();
    const bench = new VmBench(dir, kernelDir);
    const guest = await bundleGuest(dir);
    const faults = withFaults ? [checkoutFile('build/faults/weft-faults', await faultsBinary())] : [];
    const files = [...checkoutFiles(guest), ...faults, ...(withMultus ? multusFiles() : [])];
    buildInitramfs(bench.#initramfs, { kernelDir, programs, files });
    return bench;
  }

  boot(disk?: MachineDisk): Promise<Machine<GuestCases>> {
    this.#boots += 1;
    return Machine.boot({
      kernelDir: this.#kernelDir,
      initramfs: this.#initramfs,
      consoleLog: join(this.dir, `console-${this.#boots}.log`),
      memoryMiB: 1024,
      ...(disk === undefined ? {} : { disk }),
    });
  }

  /** Removes everything, or after a failure everything but the consoles; those go with the next run. */
  dispose(hasFailed: boolean): void {
    if (!hasFailed) {
      rmSync(this.dir, { recursive: true, force: true });
      return;
    }
    for (const name of readdirSync(this.dir).filter((file) => !file.startsWith('console-')))
      rmSync(join(this.dir, name));
    process.stdout.write(`what the machines printed: ${this.dir}\n`);
  }

  get #initramfs(): string {
    return join(this.dir, 'initramfs');
  }
}

async function bundleGuest(dir: string): Promise<string> {
  const out = join(dir, 'guest.mjs');
  await build({
    absWorkingDir: root,
    entryPoints: ['test/vm/guest.ts'],
    outfile: out,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    logLevel: 'warning',
  });
  return out;
}

/** As in this checkout, because harness and toolchain look for them relative to themselves. */
function checkoutFiles(guest: string): readonly ArchiveEntry[] {
  const agentDir = join(agentBundle(), '..');
  const reference = cniPluginsDir();
  const script = '#!/bin/sh\necho /opt/cni/reference\n';
  return [
    checkoutFile('test/vm/guest.mjs', guest),
    checkoutFile('dist/weft', weftBinary()),
    ...readdirSync(agentDir)
      .filter((name) => /^agent.*\.mjs$/.test(name))
      .map((name) => checkoutFile(`dist/${name}`, join(agentDir, name))),
    { kind: 'text', path: '/weft/hack/toolchain/cni-plugins.sh', mode: 0o755, text: script },
    ...plugins.map((name) => program(`/opt/cni/reference/${name}`, join(reference, name))),
  ];
}

function multusFiles(): readonly ArchiveEntry[] {
  const script = '#!/bin/sh\necho /opt/multus\n';
  return [
    { kind: 'text', path: '/weft/hack/toolchain/multus.sh', mode: 0o755, text: script },
    program('/opt/multus/multus', multusBinary()),
  ];
}

function checkoutFile(path: string, from: string): ArchiveEntry {
  return program(`/weft/${path}`, from);
}

function program(path: string, from: string): ArchiveEntry {
  return { kind: 'file', path, mode: 0o755, from };
}

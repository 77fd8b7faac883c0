import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Cases, Question, Report } from './port.ts';

export interface MachineOptions {
  /** Of hack/toolchain/kernel.sh. */
  readonly kernelDir: string;
  /** File of buildInitramfs. */
  readonly initramfs: string;
  /** Gets everything that kernel, init and the cases print. */
  readonly consoleLog: string;
  readonly memoryMiB: number;
  /** /dev/vda, mounted on /disk. */
  readonly disk?: MachineDisk;
}

export interface MachineDisk {
  /** An ext4 file system. */
  readonly image: string;
  /** Gets every write and flush in order (write-log.ts). */
  readonly writeLog: string;
}

/** Milliseconds from the start to the first report, on a machine that does other things too. */
const bootMs = 120_000;

const kernelArguments: readonly string[] = [
  ...['console=ttyS0', 'quiet'],
  // With -no-reboot a panic ends the emulator.
  'panic=-1',
  // What costs time and guards against nobody here.
  ...['nokaslr', 'mitigations=off', 'no_timer_check'],
];

const living = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of living) child.kill('SIGKILL');
});

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/**
 * An emulated machine that answers the cases `C`. Needs neither root nor hardware support. It ends with this process,
 * however that ends.
 */
export class Machine<C extends Cases> {
  readonly #child: ChildProcess;
  readonly #consoleLog: string;
  readonly #waiting = new Map<number, Waiting>();
  readonly #said: unknown[] = [];
  readonly #ended: Promise<void>;
  #complaint = '';
  #calls = 0;
  #isOver = false;

  private constructor(child: ChildProcess, consoleLog: string) {
    this.#child = child;
    this.#consoleLog = consoleLog;
    living.add(child);
    child.stderr?.on('data', (chunk: Uint8Array) => {
      this.#complaint += new TextDecoder().decode(chunk);
    });
    // Written to after its end.
    child.stdin?.on('error', () => {});
    if (child.stdout !== null)
      createInterface({ input: child.stdout }).on('line', (line) => this.#receive(line));
    this.#ended = new Promise((resolve) => {
      child.once('error', (error) => {
        this.#complaint += error.message;
        this.#end();
        resolve();
      });
      child.once('close', () => {
        this.#end();
        resolve();
      });
    });
  }

  /** Resolves once the machine listens. */
  static async boot<C extends Cases>(options: MachineOptions): Promise<Machine<C>> {
    if (process.arch !== 'x64') throw new Error(`hack/vm emulates x86-64 only, and this is ${process.arch}`);
    // The emulator shall not outlive a runner that is killed.
    const argv = ['--pdeathsig', 'KILL', 'qemu-system-x86_64', ...qemuArguments(options)];
    const child = spawn('setpriv', argv, { stdio: ['pipe', 'pipe', 'pipe'] });
    const machine = new Machine<C>(child, options.consoleLog);
    await machine.#within('the boot', bootMs, machine.#answerTo(0));
    return machine;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** What cases have said so far, in order. */
  get said(): readonly unknown[] {
    return this.#said;
  }

  /** Runs a case. Rejects with the case's error; after `timeoutMs` the machine is killed and the console is shown. */
  async call<Name extends keyof C & string>(
    name: Name,
    argument: Parameters<C[Name]>[0],
    timeoutMs: number,
  ): Promise<Awaited<ReturnType<C[Name]>>> {
    this.#calls += 1;
    const question: Question = { id: this.#calls, name, argument };
    const answer = this.#answerTo(question.id);
    this.#child.stdin?.write(`${JSON.stringify(question)}\n`);
    return (await this.#within(name, timeoutMs, answer)) as Awaited<ReturnType<C[Name]>>;
  }

  /** Ends it as a power cut does: what the guest has not written is lost. */
  async cut(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#ended;
  }

  #answerTo(id: number): Promise<unknown> {
    if (this.#isOver) return Promise.reject(this.#trouble('the machine has ended'));
    return new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
  }

  async #within(what: string, timeoutMs: number, answer: Promise<unknown>): Promise<unknown> {
    const timer = setTimeout(() => {
      this.#complaint += `killed: ${what} took more than ${timeoutMs} ms. `;
      this.#child.kill('SIGKILL');
    }, timeoutMs);
    try {
      return await answer;
    } finally {
      clearTimeout(timer);
    }
  }

  #receive(line: string): void {
    const report = parseReport(line);
    if (report === undefined) {
      this.#complaint += `unreadable: ${line.slice(0, 200)} `;
      return;
    }
    if (report.kind === 'said') {
      this.#said.push(report.value);
      return;
    }
    const id = report.kind === 'ready' ? 0 : report.id;
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (report.kind === 'failure') waiting?.reject(new Error(`in the machine: ${report.error}`));
    else waiting?.resolve(report.kind === 'answer' ? report.value : undefined);
  }

  #end(): void {
    this.#isOver = true;
    living.delete(this.#child);
    for (const { reject } of this.#waiting.values()) reject(this.#trouble('the machine ended'));
    this.#waiting.clear();
  }

  #trouble(what: string): Error {
    return new Error(
      `${what}: ${this.#complaint}\n${this.#consoleLog} ends with:\n${tail(this.#consoleLog)}`,
    );
  }
}

/** undefined for a line that a cut has torn. */
function parseReport(line: string): Report | undefined {
  try {
    return JSON.parse(line) as Report;
  } catch {
    return undefined;
  }
}

function qemuArguments(options: MachineOptions): readonly string[] {
  return [
    // rdrand: otherwise the first getrandom waits for entropy. One processor: two cost half as much again to keep in step.
    ...['-accel', 'tcg', '-cpu', 'qemu64,+rdrand', '-smp', '1', '-m', `${options.memoryMiB}`],
    ...['-nodefaults', '-display', 'none', '-no-reboot'],
    ...['-kernel', join(options.kernelDir, 'vmlinuz'), '-initrd', options.initramfs],
    ...['-append', kernelArguments.join(' ')],
    ...['-chardev', `file,id=console,path=${options.consoleLog}`, '-serial', 'chardev:console'],
    ...['-chardev', 'stdio,id=port,signal=off', '-serial', 'chardev:port'],
    ...(options.disk === undefined ? [] : diskArguments(options.disk)),
  ];
}

/** A disk with a volatile write cache: the guest has to flush what it wants to keep. */
function diskArguments({ image, writeLog }: MachineDisk): readonly string[] {
  const logged = 'driver=blklogwrites,node-name=disk,file=image,log=log,log-sector-size=512';
  return [
    ...['-blockdev', `driver=file,node-name=image,filename=${image}`],
    ...['-blockdev', `driver=file,node-name=log,filename=${writeLog}`],
    ...['-blockdev', logged],
    ...['-device', 'virtio-blk-pci,drive=disk,write-cache=on'],
  ];
}

function tail(path: string): string {
  try {
    return readFileSync(path, 'utf8').split('\n').slice(-30).join('\n');
  } catch {
    return '(nothing)';
  }
}

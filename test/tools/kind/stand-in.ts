import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { type RunEnd, run } from '../../harness/run.ts';

const root: string = join(import.meta.dirname, '../../..');

/** A directory in which `docker` and `podman` are the stand-in, and what was asked of it. */
export class StandIn {
  readonly dir: string = mkdtempSync(join(tmpdir(), 'weft-kind-test-'));
  readonly kubeconfig: string = join(this.dir, 'kubeconfig');

  constructor() {
    mkdirSync(join(this.dir, 'bin'));
    for (const name of ['docker', 'podman']) {
      const path = join(this.dir, 'bin', name);
      copyFileSync(join(import.meta.dirname, 'docker-stand-in.sh'), path);
      chmodSync(path, 0o755);
    }
  }

  /** Sets one of the stand-in's switches: `no-engine`, `has-image`. */
  set(flag: string): void {
    writeFileSync(join(this.dir, flag), '');
  }

  /** Every call so far, its words joined by spaces, in order. */
  calls(): readonly string[] {
    const path = join(this.dir, 'calls');
    return existsSync(path) ? readFileSync(path, 'utf8').trimEnd().split('\n') : [];
  }

  /** What kind put into a node; undefined: nothing. */
  file(name: string, node: string): string | undefined {
    const path = join(this.dir, `${name}.${node}`);
    return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
  }

  /** Writes a configuration for kind and returns its path. */
  config(text: string): string {
    const path = join(this.dir, 'config.yaml');
    writeFileSync(path, text);
    return path;
  }

  /** `node hack/kind/main.ts COMMAND --name=probe …` with this engine. */
  kind(
    command: string,
    args: readonly string[] = [],
    env: Readonly<Record<string, string>> = {},
  ): Promise<RunEnd> {
    const argv = [
      join(root, 'hack/kind/main.ts'),
      command,
      '--name=probe',
      `--kubeconfig=${this.kubeconfig}`,
      ...args,
    ];
    return run([process.execPath, ...argv], { env: { ...this.environment(), ...env } });
  }

  remove(): void {
    rmSync(this.dir, { recursive: true, force: true });
  }

  private environment(): Record<string, string> {
    // Not the settings of this machine's engines: kind would also look for a proxy in docker's.
    const kept = Object.entries(process.env).flatMap(([name, value]) =>
      value === undefined || /^(DOCKER_|KIND_)/.test(name) ? [] : [[name, value]],
    );
    const path = [join(this.dir, 'bin'), process.env['PATH'] ?? ''].join(delimiter);
    return { ...Object.fromEntries(kept), PATH: path, DOCKER_CONFIG: this.dir, STAND_IN: this.dir };
  }
}

import { spawn } from 'node:child_process';
import { Cluster } from '../cluster.ts';
import type { CliCommand } from './command-line.ts';
import { nameOption } from './command-line.ts';

/** `shell`: a shell inside a node, or beside the control plane. */
export const shellCommand: CliCommand = {
  name: 'shell',
  summary: 'Open a shell in a node, or beside the control plane',
  help: `Opens a shell in a node's namespaces, with kubectl, crictl and ctr set up for it; or runs one command there.

  shell [-n NAME] [--node NODE] [-- COMMAND...]

  -n, --name NAME         name of the cluster (default: dev)
      --node NODE         node; without it: the control plane's namespaces`,
  options: { ...nameOption, node: { type: 'string' } },
  words: { least: 0, most: 1000 },
  run: async (call) => {
    const name = call.value('name') ?? '';
    const node = call.value('node');
    const cluster = await Cluster.open(name);
    const { argv, env } = node === undefined ? cluster.entrance() : cluster.node(node).entrance();
    const shell = ['bash', '--norc', '--noprofile', '-i'];
    const command = call.words.length > 0 ? call.words : shell;
    const [program = '', ...args] = [...argv, ...command];
    const terminal = process.env['TERM'] ?? 'dumb';
    const child = spawn(program, args, {
      stdio: 'inherit',
      env: { ...env, TERM: terminal, PS1: `[${name} ${node ?? 'control-plane'}] \\w# ` },
    });
    // Ctrl-C is for what runs inside.
    process.on('SIGINT', () => {});
    return new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('exit', (status, signal) => resolve(status ?? (signal === null ? 1 : 130)));
    });
  },
};

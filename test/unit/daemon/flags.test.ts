import { describe, expect, it } from 'vitest';
import {
  choiceFlag,
  integerFlag,
  listenFlag,
  pathFlag,
  switchFlag,
  textFlag,
} from '../../../src/daemon/flag-kinds.ts';
import { envName, helpText, type Invocation, parseFlags } from '../../../src/daemon/flags.ts';
import { WeftError } from '../../../src/errors/weft-error.ts';

const table = {
  socket: pathFlag({ name: 'socket', fallback: '/run/a.sock', help: 'A socket.' }),
  dir: pathFlag({ name: 'some-dir', fallback: '', optional: true, help: 'A directory.' }),
  install: switchFlag({ name: 'install', fallback: true, help: 'Install.' }),
  level: choiceFlag({
    name: 'level',
    fallback: 'info',
    choices: ['info', 'warn'] as const,
    help: 'A level.',
  }),
  count: integerFlag({ name: 'count', fallback: 4, min: 1, max: 10, help: 'A number.' }),
  address: listenFlag({ name: 'address', fallback: undefined, help: 'An address.' }),
  name: textFlag({ name: 'name', fallback: 'me', fallbackText: 'the host name', help: 'A name.' }),
};

function parse(args: readonly string[], env: Record<string, string> = {}): Invocation<typeof table> {
  return parseFlags(table, args, env);
}

function values(args: readonly string[], env: Record<string, string> = {}): unknown {
  const invocation = parse(args, env);
  return invocation.kind === 'run' ? invocation.values : invocation.kind;
}

function refusal(args: readonly string[], env: Record<string, string> = {}): WeftError {
  try {
    parse(args, env);
  } catch (error) {
    if (error instanceof WeftError) return error;
    throw error;
  }
  throw new Error('it was accepted');
}

describe('flags', () => {
  it('have their defaults when nothing is given', () => {
    expect(values([])).toEqual({
      socket: '/run/a.sock',
      dir: '',
      install: true,
      level: 'info',
      count: 4,
      address: undefined,
      name: 'me',
    });
  });

  it('are taken from the command line before the environment, and from there before the default', () => {
    const env = { WEFT_SOCKET: '/env', WEFT_COUNT: '5', WEFT_SOME_DIR: '' };
    expect(values(['--socket=/line'], env)).toMatchObject({ socket: '/line', count: 5, dir: '' });
  });

  it('that are switches take every usual spelling', () => {
    expect(values(['--no-install'])).toMatchObject({ install: false });
    expect(values(['--install=false'])).toMatchObject({ install: false });
    expect(values(['--install=true'], { WEFT_INSTALL: 'false' })).toMatchObject({ install: true });
    expect(values([], { WEFT_INSTALL: 'false' })).toMatchObject({ install: false });
    expect(values(['--no-install', '--install'])).toMatchObject({ install: true });
  });

  it('that are paths are absolute and lose a trailing slash', () => {
    expect(values(['--socket', '/a//b/../c/'])).toMatchObject({ socket: '/a/c' });
    expect(values(['--some-dir='])).toMatchObject({ dir: '' });
  });

  it.each([
    ['off', undefined],
    ['127.0.0.1:9464', { host: '127.0.0.1', port: 9464 }],
    [':0', { host: '', port: 0 }],
    ['[::1]:80', { host: '::1', port: 80 }],
    ['node-a.example:65535', { host: 'node-a.example', port: 65_535 }],
  ])('that are addresses take %s', (text, address) => {
    expect(values([`--address=${text}`])).toMatchObject({ address });
  });

  it.each([
    [['--bogus'], {}, "'--bogus'"],
    [['positional'], {}, "'positional'"],
    [['--socket'], {}, '--socket'],
    [['--socket='], {}, '--socket "" must be an absolute path'],
    [['--socket', 'relative'], {}, '--socket "relative" must be an absolute path'],
    [['--level=loud'], {}, '--level "loud" must be one of info, warn'],
    [['--count=0'], {}, '--count "0" must be a whole number from 1 to 10'],
    [['--count=1e1'], {}, '--count "1e1"'],
    [['--install=maybe'], {}, '--install'],
    [['--address=9464'], {}, '--address "9464" must be host:port, or off'],
    [['--address=:65536'], {}, '--address ":65536"'],
    [['--address=::1:80'], {}, '--address "::1:80"'],
    [[], { WEFT_LEVEL: 'loud' }, 'WEFT_LEVEL "loud" must be one of info, warn'],
  ] as const)('%j %j is refused in one line that names it', (args, env, words) => {
    const error = refusal(args, env);
    expect(error.reason).toBe('InvalidFlag');
    expect(error.message).toContain(words);
    expect(error.message).not.toContain('\n');
    expect(error.message.length).toBeLessThan(300);
  });

  it('ask for help or version before anything is checked', () => {
    expect(values(['--help', '--level=loud'])).toBe('help');
    expect(values(['-h'])).toBe('help');
    expect(values(['--version'])).toBe('version');
  });

  it('are all in the help, with default and variable', () => {
    const help = helpText('daemon', 'What it is.', table);
    for (const flag of Object.values(table)) {
      expect(help).toContain(`--${flag.name}`);
      expect(help).toContain(envName(flag.name));
    }
    expect(help).toContain('--name=NAME (default the host name):');
    expect(help).toContain('--install=true, --no-install:');
    expect(help.startsWith('What it is.\n\nOptions:\n')).toBe(true);
    expect(help.endsWith('Usage:\n  daemon [options]\n')).toBe(true);
  });
});

import { isAbsolute, normalize } from 'node:path';
import type { Flag } from './flags.ts';

/** What every kind of flag takes. */
export interface FlagText<V> {
  readonly name: string;
  readonly help: string;
  readonly fallback: V;
  readonly fallbackText?: string;
  readonly placeholder?: string;
}

/** Where an HTTP server listens; undefined: nowhere. */
export type ListenAddress = { readonly host: string; readonly port: number } | undefined;

/** Any text, the empty one included. */
export function textFlag(flag: FlagText<string>): Flag<string> {
  return { placeholder: 'NAME', ...flag, parse: (text) => text };
}

/** A path, absolute because a daemon has no directory that its user knows. `optional`: '' is allowed and means none. */
export function pathFlag(flag: FlagText<string> & { readonly optional?: boolean }): Flag<string> {
  const { optional, ...rest } = flag;
  return {
    placeholder: 'PATH',
    ...rest,
    parse(text) {
      if (text === '' && optional === true) return '';
      if (!isAbsolute(text)) throw new Error('must be an absolute path');
      const path = normalize(text);
      return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
    },
  };
}

/** A switch: `--name`, `--no-name`; in the environment `true` or `false`. */
export function switchFlag(flag: FlagText<boolean>): Flag<boolean> {
  return {
    ...flag,
    placeholder: '',
    parse(text) {
      if (text === 'true') return true;
      if (text === 'false') return false;
      throw new Error('must be true or false');
    },
  };
}

/** One of a few words. */
export function choiceFlag<C extends string>(
  flag: FlagText<C> & { readonly choices: readonly C[] },
): Flag<C> {
  const { choices, ...rest } = flag;
  return {
    placeholder: choices.join('|'),
    ...rest,
    parse(text) {
      const found = choices.find((choice) => choice === text);
      if (found === undefined) throw new Error(`must be one of ${choices.join(', ')}`);
      return found;
    },
  };
}

/** A whole number within bounds. */
export function integerFlag(
  flag: FlagText<number> & { readonly min: number; readonly max: number },
): Flag<number> {
  const { min, max, ...rest } = flag;
  return {
    placeholder: 'N',
    ...rest,
    parse(text) {
      const value = Number(text);
      if (!/^\d{1,15}$/.test(text) || value < min || value > max) {
        throw new Error(`must be a whole number from ${min} to ${max}`);
      }
      return value;
    },
  };
}

/** The address of an HTTPS server without path or user; '' is allowed and means none. */
export function httpsFlag(flag: FlagText<string>): Flag<string> {
  return {
    placeholder: 'URL',
    ...flag,
    parse(text) {
      if (text === '') return '';
      const url = URL.canParse(text) ? new URL(text) : undefined;
      const bare = url !== undefined && `${url.pathname}${url.search}${url.hash}${url.username}` === '/';
      if (url?.protocol !== 'https:' || !bare) throw new Error('must be https://HOST:PORT');
      return url.origin;
    },
  };
}

/** `host:port`, `[v6]:port`, `:port` (all addresses) or `off`. */
export function listenFlag(flag: FlagText<ListenAddress>): Flag<ListenAddress> {
  return {
    placeholder: 'HOST:PORT|off',
    ...flag,
    parse(text) {
      if (text === 'off') return undefined;
      const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]\s]*)):(\d{1,5})$/.exec(text);
      const port = Number(match?.[3]);
      if (match === null || port > 65_535) throw new Error('must be host:port, or off');
      return { host: match[1] ?? match[2] ?? '', port };
    },
  };
}

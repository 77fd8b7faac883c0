import { dirname, resolve } from 'node:path';
import { WeftError } from '../errors/weft-error.ts';
import type { ApiAccess, Material } from './api-access.ts';

/**
 * What a parsed kubeconfig says about a context; absent: its current one. `path` is where it was read, because names of
 * files in it are relative to that. Throws ApiAccessInvalid that names the field. Programs that give credentials
 * (`exec`, `auth-provider`) are refused: an agent runs no processes.
 */
export function accessFromKubeconfig(document: unknown, path: string, contextName?: string): ApiAccess {
  const config = new Section(document, path, '');
  const name = contextName ?? config.text('current-context');
  if (name === undefined) throw config.invalid('current-context', 'is missing');
  const context = config.named('contexts', name).section('context');
  const cluster = config.named('clusters', context.needed('cluster')).section('cluster');
  const userName = context.text('user');
  const user = userName === undefined ? undefined : config.named('users', userName).section('user');
  return { ...clusterAccess(cluster), ...(user && userAccess(user)) };
}

function clusterAccess(cluster: Section): ApiAccess {
  const ca = cluster.material('certificate-authority');
  const serverName = cluster.text('tls-server-name');
  const server = cluster.needed('server');
  if (!/^https?:\/\//.test(server)) throw cluster.invalid('server', 'is not an address of https');
  cluster.refuse('proxy-url', 'proxies are not supported');
  return {
    server,
    ...(ca && { ca }),
    ...(serverName !== undefined && { serverName }),
    ...(cluster.flag('insecure-skip-tls-verify') && { insecure: true }),
  };
}

function userAccess(user: Section): Partial<ApiAccess> {
  user.refuse('exec', 'weft-agent runs no programs: use a certificate or a token');
  user.refuse('auth-provider', 'weft-agent runs no programs: use a certificate or a token');
  user.refuse('username', 'passwords are not supported: use a certificate or a token');
  user.refuse('as', 'acting as somebody else is not supported');
  const certificate = user.material('client-certificate');
  const key = user.material('client-key');
  if (certificate !== undefined && key === undefined) throw user.invalid('client-key', 'is missing');
  // As in client-go, the file wins, because it can be renewed.
  const file = user.file('tokenFile');
  const text = user.text('token');
  const token = file ?? (text === undefined ? undefined : { text });
  return { ...(certificate && key && { client: { certificate, key } }), ...(token && { token }) };
}

/** A mapping inside the document, which remembers where it stands. */
class Section {
  readonly #value: Readonly<Record<string, unknown>>;
  readonly #path: string;
  readonly #at: string;

  constructor(value: unknown, path: string, at: string) {
    this.#path = path;
    this.#at = at;
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw this.invalid('', 'is no mapping');
    this.#value = value as Record<string, unknown>;
  }

  invalid(field: string, problem: string): WeftError {
    const place = [this.#at, field].filter((part) => part !== '').join('.') || 'the document';
    return new WeftError('ApiAccessInvalid', { cause: `${this.#path}: ${place} ${problem}` });
  }

  /** undefined if it is absent or ''. */
  text(field: string): string | undefined {
    const value = this.#value[field] ?? '';
    if (typeof value !== 'string') throw this.invalid(field, 'is no text');
    return value === '' ? undefined : value;
  }

  needed(field: string): string {
    const value = this.text(field);
    if (value === undefined) throw this.invalid(field, 'is missing');
    return value;
  }

  flag(field: string): boolean {
    const value = this.#value[field] ?? false;
    if (typeof value !== 'boolean') throw this.invalid(field, 'is neither true nor false');
    return value;
  }

  refuse(field: string, why: string): void {
    const value = this.#value[field] ?? '';
    if (value !== '') throw this.invalid(field, `cannot be used: ${why}`);
  }

  file(field: string): { readonly file: string } | undefined {
    const name = this.text(field);
    return name === undefined ? undefined : { file: resolve(dirname(this.#path), name) };
  }

  /** `FIELD-data` in base64, which wins as in client-go, or `FIELD`, a file. */
  material(field: string): Material | undefined {
    const data = this.text(`${field}-data`);
    if (data === undefined) return this.file(field);
    const text = Buffer.from(data, 'base64').toString('utf8');
    if (!text.includes('-----BEGIN')) throw this.invalid(`${field}-data`, 'is not PEM in base64');
    return { text };
  }

  section(field: string): Section {
    return new Section(this.#value[field], this.#path, [this.#at, field].filter(Boolean).join('.'));
  }

  /** The entry of that name in a list of `{name, …}`. */
  named(list: string, name: string): Section {
    const entries = this.#value[list] ?? [];
    if (!Array.isArray(entries)) throw this.invalid(list, 'is no list');
    const found = (entries as readonly ({ name?: unknown } | null)[]).find((entry) => entry?.name === name);
    if (found === undefined) throw this.invalid(list, `has no entry named "${name}"`);
    return new Section(found, this.#path, `${list}[${name}]`);
  }
}

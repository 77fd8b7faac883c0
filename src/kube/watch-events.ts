import { errorEventFailure, KubeError, noAnswer } from './kube-error.ts';
import { asRawObject, type RawObject } from './raw-object.ts';
import { notNewer } from './resource-version.ts';

/** One line of a watch that says something new about an object. */
export interface ObjectEvent {
  readonly type: 'put' | 'remove';
  readonly object: RawObject;
}

/** Follows a watch from the version of a list on: which line is news, and from where the next watch goes on. */
export class WatchCursor {
  #version: string;

  /** `version`: that of the list, or of the last event seen. */
  constructor(version: string) {
    this.#version = version;
  }

  /** Everything up to this resource version has been seen. */
  get version(): string {
    return this.#version;
  }

  /**
   * Takes one line. undefined: a bookmark, or an event that came twice. Throws a KubeError: ApiExpired where only a new
   * list helps, otherwise what the server said.
   */
  accept(line: string): ObjectEvent | undefined {
    const { type, object } = parse(line);
    if (type === 'ERROR') throw errorEventFailure(object);
    const version = versionOf(object);
    if (version === '') throw unreadable(`an event ${type} without a resource version`);
    if (type === 'BOOKMARK') return this.#bookmark(version);
    if (notNewer(version, this.#version)) return undefined;
    const raw = asRawObject(object);
    if (raw === undefined) throw unreadable(`an event ${type} whose object has no name`);
    const event = eventOf(type, raw);
    this.#version = version;
    return event;
  }

  #bookmark(version: string): undefined {
    // The server's history has gone back, for instance because etcd was restored from a backup.
    if (version !== this.#version && notNewer(version, this.#version)) {
      const cause = `the server is at version ${version}, which is before ${this.#version}`;
      throw new KubeError('ApiExpired', { cause }, { status: 0, statusReason: '', retryAfterMs: 0 });
    }
    this.#version = version;
    return undefined;
  }
}

function eventOf(type: string, object: RawObject): ObjectEvent {
  if (type === 'ADDED' || type === 'MODIFIED') return { type: 'put', object };
  if (type === 'DELETED') return { type: 'remove', object };
  throw unreadable(`an event of the unknown type ${type.slice(0, 40)}`);
}

function parse(line: string): { readonly type: string; readonly object: unknown } {
  let event: { type?: unknown; object?: unknown } | null;
  try {
    event = JSON.parse(line) as typeof event;
  } catch (error) {
    throw unreadable('a line that is not JSON', error);
  }
  if (typeof event?.type !== 'string') throw unreadable('a line that is no event');
  return { type: event.type, object: event.object };
}

/** Bookmarks have nothing but a version. */
function versionOf(object: unknown): string {
  const version = (object as { metadata?: { resourceVersion?: unknown } } | null | undefined)?.metadata
    ?.resourceVersion;
  return typeof version === 'string' ? version : '';
}

function unreadable(what: string, error?: unknown): KubeError {
  return noAnswer('ApiFailed', `the watch brought ${what}`, error);
}

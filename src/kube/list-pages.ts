import { asWeftError } from '../errors/weft-error.ts';
import { withDeadline } from './deadline.ts';
import type { KubeClock } from './kube-clock.ts';
import { failureOf, KubeError, noAnswer, succeeded } from './kube-error.ts';
import type { Listing } from './object-cache.ts';
import { asRawObject } from './raw-object.ts';
import { collectionPath, type Query, type Resource, resourceName } from './resource.ts';
import type { Transport } from './transport.ts';

/** Which objects: a kind, in one namespace or everywhere, by the API server's own selectors. */
export interface Selection {
  readonly resource: Resource;
  readonly namespace?: string;
  readonly fieldSelector?: string;
  readonly labelSelector?: string;
}

/** How a list is read. */
export interface ListLimits {
  /** Objects of one page; bounds the memory that a list needs while it is read. */
  readonly pageSize: number;
  /** For one page. */
  readonly timeoutMs: number;
}

/** What a list is read with. */
export interface ListCall {
  readonly transport: Transport;
  readonly clock: KubeClock;
  readonly selection: Selection;
  readonly limits: ListLimits;
  readonly signal: AbortSignal;
}

/**
 * Reads a whole list page by page and gives its resource version, from which a watch goes on. `begin` is called before
 * the first object and again if the list has to be started over. Rejects with a WeftError.
 *
 * The list asks for no resource version, which means: the newest state. `resourceVersion=0` would be answered from a
 * cache of any age, so that after a reconnect to an API server that lags, objects would come back from the dead. Since
 * Kubernetes 1.31 the newest state comes out of the server's indexed cache too.
 */
export async function listPages(call: ListCall, begin: () => Listing): Promise<string> {
  try {
    return await readAll(call, begin);
  } catch (error) {
    throw asWeftError(error).within({ step: `list ${resourceName(call.selection.resource)}` });
  }
}

async function readAll(call: ListCall, begin: () => Listing): Promise<string> {
  try {
    return await readPages(call, call.limits.pageSize, begin());
  } catch (error) {
    // The continue token has expired: the list takes longer than the server remembers. In one piece it cannot.
    if (!(error instanceof ExpiredPage)) throw error;
    return readPages(call, undefined, begin());
  }
}

class ExpiredPage extends KubeError {}

interface Page {
  readonly version: string;
  readonly next: string;
}

async function readPages(call: ListCall, limit: number | undefined, listing: Listing): Promise<string> {
  const first = await readPage(call, { limit }, listing);
  let next = first.next;
  while (next !== '') next = (await readPage(call, { limit, continue: next }, listing)).next;
  return first.version;
}

async function readPage(call: ListCall, query: Query, listing: Listing): Promise<Page> {
  const { transport, clock, selection, limits, signal } = call;
  const { resource, namespace, fieldSelector, labelSelector } = selection;
  const path = collectionPath(resource, namespace, { ...query, fieldSelector, labelSelector });
  const answer = await withDeadline({ clock, timeoutMs: limits.timeoutMs, signal }, (end) =>
    transport.request({ method: 'GET', path, signal: end }),
  );
  if (succeeded(answer)) return takePage(answer.text, listing);
  const failure = failureOf(answer);
  if (failure.reason === 'ApiExpired' && query['continue'] !== undefined) {
    throw new ExpiredPage(failure.reason, failure.failure, failure.api);
  }
  throw failure;
}

interface ListDocument {
  readonly metadata?: { readonly resourceVersion?: unknown; readonly continue?: unknown };
  /** Some servers write null for an empty list. */
  readonly items?: readonly unknown[] | null;
}

function takePage(text: string, listing: Listing): Page {
  const list = parse(text);
  const version = list?.metadata?.resourceVersion;
  const next = list?.metadata?.continue ?? '';
  if (typeof version !== 'string' || version === '' || typeof next !== 'string') {
    throw unreadable('a list without a resource version');
  }
  for (const item of list?.items ?? []) {
    const object = asRawObject(item);
    if (object === undefined) throw unreadable('an object without name and resource version');
    listing.add(object);
  }
  return { version, next };
}

function parse(text: string): ListDocument | null {
  try {
    return JSON.parse(text) as ListDocument | null;
  } catch (error) {
    throw unreadable('a list that is not JSON', error);
  }
}

function unreadable(what: string, error?: unknown): KubeError {
  return noAnswer('ApiFailed', `the API server answered with ${what}`, error);
}

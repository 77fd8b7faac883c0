/** Who sends the request to the API server. */
export interface Caller {
  readonly username: string;
  readonly uid?: string;
  readonly groups?: readonly string[];
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

/** An object of which nothing was looked at but that it is one. */
export type ReviewedObject = Readonly<Record<string, unknown>>;

/** `request` of `admission.k8s.io/v1` AdmissionReview, as far as it is needed. */
export interface AdmissionRequest {
  readonly uid: string;
  readonly operation: 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT';
  /** What the object is a kind of. */
  readonly resource: { readonly group: string; readonly resource: string };
  /** '' in cluster scope. */
  readonly namespace: string;
  /** '' where the API server makes the name only after admission. */
  readonly name: string;
  readonly userInfo: Caller;
  /** Absent for DELETE. */
  readonly object?: ReviewedObject;
  /** Absent for CREATE. */
  readonly oldObject?: ReviewedObject;
}

/** Why something is refused. `reason` and `code` as Kubernetes uses them in a Status. */
export interface Refusal {
  readonly message: string;
  readonly reason: 'Invalid' | 'Forbidden';
  readonly code: 422 | 403;
}

/** What a review decides. */
export interface Verdict {
  /** Absent: admitted. */
  readonly refusal?: Refusal;
  /** Plain sentences for whoever sent the request; kubectl prints each after `Warning: `. */
  readonly warnings: readonly string[];
}

export const admitted: Verdict = { warnings: [] };

const apiVersion = 'admission.k8s.io/v1';

/** A body that is no AdmissionReview of version v1; the message says why. */
export class BadReviewError extends Error {
  override readonly name: string = 'BadReviewError';
}

/** Reads the body of a webhook call. Throws BadReviewError. */
export function parseReview(text: string): AdmissionRequest {
  let review: unknown;
  try {
    review = JSON.parse(text);
  } catch {
    throw new BadReviewError('the body is not JSON');
  }
  const { apiVersion: version, kind, request } = objectOf(review, 'the body');
  if (kind !== 'AdmissionReview' || version !== apiVersion) {
    throw new BadReviewError(`the body must be an AdmissionReview of ${apiVersion}`);
  }
  return requestOf(objectOf(request, 'request'));
}

/** The answer as the API server wants it. */
export function reviewAnswer(uid: string, { refusal, warnings }: Verdict): string {
  const status = refusal && { ...refusal, status: 'Failure' };
  const response = {
    uid,
    allowed: refusal === undefined,
    ...(status && { status }),
    ...(warnings.length > 0 && { warnings }),
  };
  return JSON.stringify({ apiVersion, kind: 'AdmissionReview', response });
}

const operations: readonly string[] = ['CREATE', 'UPDATE', 'DELETE', 'CONNECT'];

function requestOf(raw: ReviewedObject): AdmissionRequest {
  const { uid, operation, namespace, name, object, oldObject } = raw;
  if (typeof uid !== 'string' || uid === '') throw new BadReviewError('request.uid is missing');
  if (typeof operation !== 'string' || !operations.includes(operation)) {
    throw new BadReviewError(`request.operation must be one of ${operations.join(', ')}`);
  }
  const resource = objectOf(raw['resource'], 'request.resource');
  const found = objectIn(object, 'request.object');
  const old = objectIn(oldObject, 'request.oldObject');
  if (operation !== 'DELETE' && found === undefined) throw new BadReviewError('request.object is missing');
  if (operation !== 'CREATE' && old === undefined) throw new BadReviewError('request.oldObject is missing');
  return {
    uid,
    operation: operation as AdmissionRequest['operation'],
    resource: { group: text(resource['group']), resource: text(resource['resource']) },
    namespace: text(namespace),
    name: text(name),
    userInfo: callerOf(raw['userInfo']),
    ...(found && { object: found }),
    ...(old && { oldObject: old }),
  };
}

function callerOf(value: unknown): Caller {
  const { username, uid, groups, extra } = objectOf(value ?? {}, 'request.userInfo');
  return {
    username: text(username),
    ...(typeof uid === 'string' && { uid }),
    ...(isTexts(groups) && { groups }),
    ...(isObject(extra) && { extra: Object.fromEntries(Object.entries(extra).filter(hasTexts)) }),
  };
}

function hasTexts(entry: [string, unknown]): entry is [string, readonly string[]] {
  return isTexts(entry[1]);
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

/** `null` is how Go writes an absent object. */
function objectIn(value: unknown, what: string): ReviewedObject | undefined {
  return value === undefined || value === null ? undefined : objectOf(value, what);
}

function objectOf(value: unknown, what: string): ReviewedObject {
  if (isObject(value)) return value;
  throw new BadReviewError(`${what} is not an object`);
}

function isObject(value: unknown): value is ReviewedObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

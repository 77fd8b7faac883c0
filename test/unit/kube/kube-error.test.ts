import { describe, expect, it } from 'vitest';
import type { Reason } from '../../../src/errors/reason.ts';
import { WeftError } from '../../../src/errors/weft-error.ts';
import { errorEventFailure, failureOf, KubeError } from '../../../src/kube/kube-error.ts';
import { expectReadable } from '../../harness/refusal.ts';
import { status } from './objects.ts';

function answered(code: number, body: unknown, retryAfter?: string): KubeError {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return failureOf({ status: code, retryAfter, text });
}

describe('failureOf', () => {
  it.each<[number, string, Reason]>([
    [400, 'BadRequest', 'ApiInvalid'],
    [401, 'Unauthorized', 'ApiUnauthorized'],
    [403, 'Forbidden', 'ApiForbidden'],
    [404, 'NotFound', 'ApiNotFound'],
    [409, 'AlreadyExists', 'ApiConflict'],
    [409, 'Conflict', 'ApiConflict'],
    [410, 'Expired', 'ApiExpired'],
    [410, 'Gone', 'ApiExpired'],
    [415, 'UnsupportedMediaType', 'ApiInvalid'],
    [422, 'Invalid', 'ApiInvalid'],
    [429, 'TooManyRequests', 'ApiBusy'],
    [500, 'InternalError', 'ApiFailed'],
    [502, '', 'ApiFailed'],
    [503, 'ServiceUnavailable', 'ApiBusy'],
    [504, 'Timeout', 'ApiTimeout'],
  ])('%i %s is %s, and says what the server said', (code, reason, wanted) => {
    const error = answered(code, status(code, reason, 'pods "a" is in the way'));
    expect(error).toBeInstanceOf(WeftError);
    expect(error.reason).toBe(wanted);
    expect(error.api).toEqual({ status: code, statusReason: reason, retryAfterMs: 0 });
    expect(error.message).toContain('pods "a" is in the way');
    expectReadable(error.message);
  });

  it('a 422 about metadata.uid means that the object is another one by now', () => {
    const details = {
      causes: [{ reason: 'FieldValueInvalid', message: 'immutable', field: 'metadata.uid' }],
    };
    expect(answered(422, status(422, 'Invalid', 'Pod "a" is invalid', details)).reason).toBe('ApiConflict');
  });

  it('takes the wait from the header, then from the Status, and no nonsense from either', () => {
    const details = { retryAfterSeconds: 3 };
    expect(answered(429, 'busy', '7').api.retryAfterMs).toBe(7_000);
    expect(answered(429, status(429, 'TooManyRequests', 'busy', details)).api.retryAfterMs).toBe(3_000);
    expect(answered(504, status(504, 'Timeout', 'busy', details), '1').api.retryAfterMs).toBe(1_000);
    for (const nonsense of ['soon', '-1', '', 'Wed, 21 Oct 2026 07:28:00 GMT']) {
      expect(answered(503, '', nonsense).api.retryAfterMs).toBe(0);
    }
  });

  it('a 5xx with a wait is a server that is busy', () => {
    expect(answered(500, 'shutting down', '1').reason).toBe('ApiBusy');
  });

  it.each([
    ['<html>bad gateway</html>'],
    [''],
    ['null'],
    ['5'],
    ['[]'],
    ['{"reason":5,"message":{},"details":null}'],
  ])('survives the body %j', (body) => {
    const error = answered(502, body);
    expect(error.reason).toBe('ApiFailed');
    expect(error.api.status).toBe(502);
    expectReadable(error.message);
  });

  it('keeps what the server said when the step becomes known', () => {
    const error = answered(404, status(404, 'NotFound', 'gone')).within({ step: 'get pods' });
    expect(error).toBeInstanceOf(KubeError);
    expect(error.api.status).toBe(404);
    expect(error.message).toMatch(/^get pods: the API server says 404 NotFound: gone; /);
    expect(error.within({ step: 'outer' }).failure.step).toBe('get pods');
  });
});

describe('errorEventFailure', () => {
  it('reads the Status of an ERROR event', () => {
    const error = errorEventFailure(status(410, 'Expired', 'too old resource version: 1 (2)'));
    expect(error.reason).toBe('ApiExpired');
    expect(error.message).toContain('too old resource version');
  });

  it.each([[null], [undefined], ['text'], [{}], [{ code: 'x' }]])('survives the object %j', (object) => {
    expect(errorEventFailure(object).reason).toBe('ApiFailed');
  });
});

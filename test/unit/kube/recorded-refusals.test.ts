import { describe, expect, it } from 'vitest';
import type { Reason } from '../../../src/errors/reason.ts';
import { failureOf } from '../../../src/kube/kube-error.ts';
import { expectReadable } from '../../harness/refusal.ts';
import { answersNamed, readTranscript } from '../../harness/transcript.ts';

const refusals = readTranscript('refusals');

const wanted: Readonly<Record<string, readonly [Reason, number]>> = {
  'no such object': ['ApiNotFound', 0],
  'no such kind': ['ApiNotFound', 0],
  'name taken': ['ApiConflict', 0],
  'invalid object': ['ApiInvalid', 0],
  'no JSON': ['ApiInvalid', 0],
  'another uid': ['ApiConflict', 0],
  'version of the future': ['ApiTimeout', 1_000],
  'unknown token': ['ApiUnauthorized', 0],
  'no right': ['ApiForbidden', 0],
  'too many': ['ApiBusy', 1_000],
};

describe(`what the API server of Kubernetes ${refusals.kubernetes} said when it refused`, () => {
  it.each(Object.entries(wanted))('%s', (name, [reason, retryAfterMs]) => {
    const [{ status, retryAfter, body }] = answersNamed(refusals, name);
    const error = failureOf({ status, retryAfter, text: body }).within({ step: 'list pods' });
    expect([error.reason, error.api.status, error.api.retryAfterMs]).toEqual([reason, status, retryAfterMs]);
    expectReadable(error.message);
  });

  it('nothing that was recorded is left out here', () => {
    expect(refusals.answers.map(({ name }) => name).sort()).toEqual(Object.keys(wanted).sort());
  });
});

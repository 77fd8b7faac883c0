import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accessOf, openingFindings } from '../../../src/netconf/network-access.ts';

const opening = 'weft.dev/allowed-namespaces';
const isolation = { enabled: true, globalNamespaces: ['default'] };
const red = { namespace: 'shop', labels: { team: 'red' } };

describe('the access of a pod to a network', () => {
  it.each([
    [undefined, 'refused'],
    ['team=red', 'granted'],
    ['team=blue', 'refused'],
    ['*', 'granted'],
    [' * ', 'granted'],
    ['', 'refused'],
    ['team in red', 'refused'],
    ['*,team', 'refused'],
    [`${' '.repeat(1024)}*`, 'refused'],
  ])('that opens itself with %j is %s', (selector, verdict) => {
    const annotations = selector === undefined ? undefined : { [opening]: selector };
    expect(accessOf(isolation, red, { namespace: 'infra', annotations }).verdict).toBe(verdict);
  });

  it('needs the labels only where they decide', () => {
    const pod = { namespace: 'shop' };
    const annotations = { [opening]: 'team=red' };
    expect(accessOf(isolation, pod, { namespace: 'infra', annotations })).toEqual({ verdict: 'labels' });
    for (const namespace of ['shop', 'default'])
      expect(accessOf(isolation, pod, { namespace, annotations }).verdict).toBe('granted');
    const off = { ...isolation, enabled: false };
    expect(accessOf(off, pod, { namespace: 'infra', annotations }).verdict).toBe('granted');
  });

  it('says why a selector that nobody can read opens to nobody', () => {
    const annotations = { [opening]: 'team in red' };
    const access = accessOf(isolation, red, { namespace: 'infra', annotations });
    expect(access).toEqual({ verdict: 'refused', problem: 'is no label selector at "team in red"' });
    expect(openingFindings(annotations)).toEqual([
      {
        severity: 'error',
        code: 'InvalidSelector',
        path: 'metadata.annotations["weft.dev/allowed-namespaces"]',
        message: expect.stringContaining('open to no other namespace'),
      },
    ]);
    for (const good of ['*', 'team=red']) expect(openingFindings({ [opening]: good })).toEqual([]);
    expect(openingFindings(undefined)).toEqual([]);
  });

  it('is never wider for more isolation: who gets in with it gets in without, and no text opens a network to all by mistake', () => {
    const namespace = fc.constantFrom('shop', 'infra', 'default', 'other');
    const text = fc.oneof(
      fc.constantFrom('*', 'team=red', 'team!=red', '!team', 'team in (blue)', ''),
      fc.string({ unit: fc.constantFrom(...'team=rd*,!() in') }),
    );
    fc.assert(
      fc.property(
        namespace,
        namespace,
        text,
        fc.constantFrom('red', 'blue', undefined),
        (from, to, selector, team) => {
          const pod = { namespace: from, labels: team === undefined ? {} : { team } };
          const network = { namespace: to, annotations: { [opening]: selector } };
          const on = accessOf(isolation, pod, network).verdict;
          expect(accessOf({ ...isolation, enabled: false }, pod, network).verdict).toBe('granted');
          expect(on).not.toBe('labels');
          if (from === to || to === 'default') expect(on).toBe('granted');
          // Labels that no selector of the alphabet can mean get in only by what is true of everybody.
          if (on === 'granted' && from !== to && to !== 'default' && !/[*!]|notin/.test(selector))
            expect(Object.values(pod.labels).length).toBeGreaterThan(0);
        },
      ),
    );
  });
});

import { describe, expect, it } from 'vitest';
import { resolve } from '../../../src/resolve/resolve.ts';
import { snapshotOf } from './snapshots.ts';

describe('a network that names no version', () => {
  it.each([
    ['1.1.0', '1.0.0'],
    ['1.0.0', '1.0.0'],
    ['0.4.0', '0.4.0'],
  ])('under a request of version %s is run with %s, which its plugins know', (own, inherited) => {
    const parts = { networks: 'old, new', nads: { 'ns1/old': { type: 'macvlan' }, 'ns1/new': newest } };
    const snapshot = snapshotOf(parts);
    const request = { ...snapshot.request, cniVersion: own };
    const versions = resolve({ ...snapshot, request }).steps.map((step) =>
      step.kind === 'delegate' ? step.plugins.map(({ config }) => versionIn(config)) : [],
    );
    // The default network says 1.0.0 of itself, and whoever asks for 1.1.0 gets it.
    expect(versions).toEqual([['1.0.0', '1.0.0'], [inherited], ['1.1.0']]);
  });
});

const newest = { cniVersion: '1.1.0', type: 'macvlan' };

function versionIn(config: string): unknown {
  return (JSON.parse(config) as { cniVersion?: unknown }).cniVersion;
}

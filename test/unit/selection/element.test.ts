import { describe, expect, it } from 'vitest';
import { networkLabel } from '../../../src/selection/network-selection.ts';
import { parseNetworksAnnotation } from '../../../src/selection/networks-annotation.ts';

const first = (element: object) =>
  parseNetworksAnnotation(JSON.stringify([{ name: 'a', ...element }]), 'ns1').selections[0];

describe('an element of the annotation', () => {
  it('has no key that nobody asked for', () => {
    expect(Object.keys(first({}) ?? {}).sort()).toEqual(['name', 'namespace', 'where']);
    expect(Object.keys(first({ bandwidth: { ingressRate: 8 } })?.bandwidth ?? {})).toEqual(['ingressRate']);
    expect(Object.keys(first({ bandwidth: { egressRate: 8 } })?.bandwidth ?? {})).toEqual(['egressRate']);
  });

  it.each([
    [{ name: 'A' }, `[0].name is "A", must be a network's name`],
    [{ namespace: 'A' }, `[0].namespace is "A", must be a namespace's name`],
    [{ ips: ['10.0.0.1', 'x'] }, '[0].ips[1] is "x", must be an address, with or without prefix'],
    [
      { 'default-route': ['10.0.0.1/24'] },
      '[0].default-route[0] is "10.0.0.1/24", must be an address without',
    ],
    [
      { portMappings: [{ hostPort: 1, containerPort: 1, hostIP: 'x' }] },
      '[0].portMappings[0].hostIP is "x", must be an address without prefix',
    ],
  ])('of %j is refused in words that say what it must be', (element, words) => {
    expect(() => first(element)).toThrow(words);
  });
});

describe('the name of a network', () => {
  it('is that of the object, or of the file', () => {
    expect(networkLabel({ namespace: 'ns1', name: 'a' })).toBe('ns1/a');
    expect(networkLabel({ namespace: '', name: 'a' })).toBe('a');
  });
});

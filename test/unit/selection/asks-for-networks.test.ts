import { describe, expect, it } from 'vitest';
import { asksForNetworks, requestAnnotations } from '../../../src/selection/asks-for-networks.ts';

const networks = 'k8s.v1.cni.cncf.io/networks';
const first = 'v1.multus-cni.io/default-network';

describe('whether a pod asks for networks', () => {
  it('is decided by two annotations', () => {
    expect(requestAnnotations).toEqual([networks, first]);
  });

  it.each([
    [{}, false],
    [{ other: 'a' }, false],
    [{ [networks]: '' }, false],
    [{ [networks]: 'a' }, true],
    [{ [networks]: '[' }, true],
    [{ [first]: '' }, true],
    [{ [first]: 'a', [networks]: '' }, true],
  ])('with %j is %s', (annotations, asks) => {
    expect(asksForNetworks(annotations)).toBe(asks);
  });
});

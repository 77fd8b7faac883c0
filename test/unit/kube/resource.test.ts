import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { collectionPath, objectPath, resourceName } from '../../../src/kube/resource.ts';

const pods = { group: '', version: 'v1', plural: 'pods' };
const nads = { group: 'k8s.cni.cncf.io', version: 'v1', plural: 'network-attachment-definitions' };

describe('paths of the API', () => {
  it('are those of the core group and of named groups, in a namespace and in all', () => {
    expect(collectionPath(pods, undefined)).toBe('/api/v1/pods');
    expect(collectionPath(nads, 'blue')).toBe(
      '/apis/k8s.cni.cncf.io/v1/namespaces/blue/network-attachment-definitions',
    );
    expect(objectPath(pods, { namespace: 'a', name: 'b' }, 'status')).toBe(
      '/api/v1/namespaces/a/pods/b/status',
    );
    expect(
      objectPath({ group: 'weft.dev', version: 'v1alpha1', plural: 'weftconfigs' }, { name: 'default' }),
    ).toBe('/apis/weft.dev/v1alpha1/weftconfigs/default');
  });

  it('leave out what is not asked for', () => {
    const query = { limit: 5, continue: '', fieldSelector: undefined, watch: true };
    expect(collectionPath(pods, undefined, query)).toBe('/api/v1/pods?limit=5&watch=true');
  });

  it('let no name or selector break out of its place', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.string({ minLength: 1 }), (name, selector) => {
        const path = objectPath(pods, { namespace: 'ns', name }, '', { fieldSelector: selector });
        const [before = '', query = ''] = path.split('?');
        expect(before.split('/')).toHaveLength(7);
        expect(decodeURIComponent(before.split('/')[6] ?? '')).toBe(name);
        expect(decodeURIComponent(query.slice('fieldSelector='.length))).toBe(selector);
      }),
    );
  });

  it('messages name a kind with its group', () => {
    expect([resourceName(pods), resourceName(nads)]).toEqual([
      'pods',
      'network-attachment-definitions.k8s.cni.cncf.io',
    ]);
  });
});

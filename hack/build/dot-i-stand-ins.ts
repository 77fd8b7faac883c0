import type { Plugin } from 'esbuild';

/**
 * What @dot-i/k8s-operator finds in the bundle under the names of the packages that it imports. Its I/O is overridden
 * (src/controller/dot-i-operator.ts), but its import loads them all and its constructor reads a kubeconfig. Everything
 * that is not here is undefined, so that a call of it fails loudly (docs/adr/0011).
 */
const standIns: Readonly<Record<string, string>> = {
  '@kubernetes/client-node':
    'exports.KubeConfig = class { loadFromDefault() {} makeApiClient() { return {}; } }; exports.CoreV1Api = class {};',
  async: 'exports.queue = () => ({});',
  gaxios: '',
};

const namespace = 'dot-i-stand-in';

export const dotIStandIns: Plugin = {
  name: namespace,
  setup(build) {
    build.onResolve({ filter: /^(@kubernetes\/client-node|async|gaxios)$/ }, ({ path, importer }) =>
      importer.includes('/node_modules/@dot-i/k8s-operator/') ? { path, namespace } : undefined,
    );
    build.onLoad({ filter: /.*/, namespace }, ({ path }) => ({ contents: standIns[path] ?? '' }));
  },
};

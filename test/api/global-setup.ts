import type { TestProject } from 'vitest/node';
import { envtestAssets } from '../../hack/toolchain/tools.ts';
import { ApiServer } from '../harness/api-server.ts';
import { adminServer, ordinaryToken } from './shared-server.ts';

/** Starts the API server of all files that do not break theirs; what it returns ends it. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  // As envtest-js and its kin want it; the test processes inherit it.
  process.env['KUBEBUILDER_ASSETS'] = await envtestAssets((line) => console.error(line));
  const server = await ApiServer.start([ordinaryToken]);
  try {
    await server.certificate('ordinary');
    project.provide(adminServer, { url: server.url, pki: server.pki });
  } catch (error) {
    await server.stop();
    throw error;
  }
  return () => server.stop();
}

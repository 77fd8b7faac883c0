import { envtestAssets } from '../../hack/toolchain/tools.ts';

/** The programs for the API servers that the files start themselves: as envtest-js and its kin want it. */
export async function setup(): Promise<void> {
  process.env['KUBEBUILDER_ASSETS'] = await envtestAssets((line) => console.error(line));
}

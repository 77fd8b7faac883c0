import { parseArgs } from 'node:util';
import { Cluster } from '../cluster/cluster.ts';
import { ClusterError } from '../cluster/cluster-error.ts';
import { deployWeft } from './deploy-weft.ts';

/** Puts this checkout's weft on a cluster of `make cluster-up`. */

const help = `Puts this checkout's weft on a running cluster of make cluster-up, in the place of an older one.

  node hack/deploy/main.ts [--name=dev]
`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { name: { type: 'string', default: 'dev' }, help: { type: 'boolean', default: false } },
  });
  if (values.help) {
    process.stdout.write(help);
    return;
  }
  const cluster = await Cluster.open(values.name);
  try {
    await deployWeft(cluster, (line) => process.stdout.write(`deploy: ${line}\n`));
  } finally {
    cluster.close();
  }
}

try {
  await main();
} catch (error) {
  if (!(error instanceof ClusterError)) throw error;
  console.error(`deploy: ${error.message}`);
  process.exitCode = 1;
}

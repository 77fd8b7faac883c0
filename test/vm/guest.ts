import { type Cases, serveCases } from '../../hack/vm/port.ts';
import {
  deleteAll,
  installAnew,
  keepAttaching,
  lookAtDisk,
  startNode,
  stopAt,
  takeWitnesses,
} from './guest-disk.ts';
import { compareWithMultus } from './guest-multus.ts';
import { failSandbox, liveSandbox, startNetworks } from './guest-networks.ts';

/** Everything that a test can ask the machine to do. */
export interface GuestCases extends Cases {
  readonly startNetworks: typeof startNetworks;
  readonly liveSandbox: typeof liveSandbox;
  readonly failSandbox: typeof failSandbox;
  readonly compareWithMultus: typeof compareWithMultus;
  readonly startNode: typeof startNode;
  readonly lookAtDisk: typeof lookAtDisk;
  readonly takeWitnesses: typeof takeWitnesses;
  readonly stopAt: typeof stopAt;
  readonly keepAttaching: typeof keepAttaching;
  readonly installAnew: typeof installAnew;
  readonly deleteAll: typeof deleteAll;
}

const cases: GuestCases = {
  startNetworks,
  liveSandbox,
  failSandbox,
  compareWithMultus,
  startNode,
  lookAtDisk,
  takeWitnesses,
  stopAt,
  keepAttaching,
  installAnew,
  deleteAll,
};

await serveCases(cases);

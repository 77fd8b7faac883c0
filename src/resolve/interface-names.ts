import { WeftError } from '../errors/weft-error.ts';
import { type NetworkSelection, networkLabel } from '../selection/network-selection.ts';

/**
 * Interface names for the additional networks, in their order. Requested ones are taken as they are. Others are
 * `net<N>`, N being the attachment's position with the default network at 0 (NPWG-109), or the next number that
 * nobody asked for or has got: unlike in Multus, a generated name never meets a requested one (NPWG-108).
 *
 * DuplicateInterface if two want one name, the default network's interface included (NPWG-079).
 */
export function interfaceNames(
  selections: readonly NetworkSelection[],
  defaultIfname: string,
): readonly string[] {
  const takenBy = requestedNames(selections, defaultIfname);
  return selections.map(({ ifname, where }, index) => {
    if (ifname !== undefined) return ifname;
    let number = index + 1;
    while (takenBy.has(`net${number}`)) number += 1;
    takenBy.set(`net${number}`, where);
    return `net${number}`;
  });
}

function requestedNames(selections: readonly NetworkSelection[], defaultIfname: string): Map<string, string> {
  const takenBy = new Map([[defaultIfname, 'the default network']]);
  for (const selection of selections) {
    const { ifname, where } = selection;
    if (ifname === undefined) continue;
    const other = takenBy.get(ifname);
    if (other !== undefined) {
      throw new WeftError('DuplicateInterface', {
        network: networkLabel(selection),
        step: 'name the interfaces',
        cause: `${where} wants interface "${ifname}", which ${other} has already`,
      });
    }
    takenBy.set(ifname, where);
  }
  return takenBy;
}

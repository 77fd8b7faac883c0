import { GenericContainer } from 'testcontainers';

/**
 * A container as weft's pods are to run: read-only root, not one capability, no way to get any, no network.
 * testcontainers has no method of its own for the read-only root.
 */
export class HardenedContainer extends GenericContainer {
  constructor(image: string) {
    super(image);
    this.hostConfig.ReadonlyRootfs = true;
    this.withDroppedCapabilities('ALL').withSecurityOpt('no-new-privileges').withNetworkMode('none');
  }
}

import { join } from 'node:path';
import { GenericContainer } from 'testcontainers';
import { toolDirectory } from '../../../hack/toolchain/tools.ts';
import { ContainerEngine } from './container-engine.ts';
import { PodmanService } from './podman-service.ts';

/** Starts an engine and a container on its bridge, prints the engine's directory and the container's id, waits for a kill. */

const service = await PodmanService.start();
const engine = await ContainerEngine.ofPodman(service);
const images = await toolDirectory('images', () => {});
await engine.load(join(images, 'tools.tar'), 'localhost/weft-tools:dev');
const container = await new GenericContainer('localhost/weft-tools:dev')
  .withCommand(['-c', 'exec sleep 600'])
  .start();
process.stdout.write(`${service.dir} ${container.getId()}\n`);
setInterval(() => {}, 60_000);

import { request } from 'node:http';
import { type ContainerRuntimeClient, getContainerRuntimeClient, getReaper, ImageName } from 'testcontainers';
import { PodmanService } from './podman-service.ts';

/** What testcontainers talks to: the machine's Docker engine, or a podman of the test's own where none answers. */
export class ContainerEngine {
  readonly #client: ContainerRuntimeClient;
  readonly #podman: PodmanService | undefined;

  private constructor(client: ContainerRuntimeClient, podman: PodmanService | undefined) {
    this.#client = client;
    this.#podman = podman;
  }

  /** Once a process: testcontainers remembers where it looked, found or not. DOCKER_HOST is taken at its word. */
  static async find(): Promise<ContainerEngine> {
    if (process.env['DOCKER_HOST'] === undefined && !(await answers('/var/run/docker.sock'))) {
      return ContainerEngine.ofPodman(await PodmanService.start());
    }
    const docker = await getContainerRuntimeClient();
    // ryuk, which removes the containers of a killed run, comes from a registry that may be out of reach.
    await getReaper(docker).catch(disableRyuk);
    return new ContainerEngine(docker, undefined);
  }

  /** The same over a service that runs already; it ends with `stop`. */
  static async ofPodman(podman: PodmanService): Promise<ContainerEngine> {
    // Nothing to do for it: the containers die with the service.
    disableRyuk();
    process.env['DOCKER_HOST'] = `unix://${podman.socket}`;
    // Inside a container testcontainers would look for the engine's host with an image from a registry.
    process.env['TESTCONTAINERS_HOST_OVERRIDE'] = 'localhost';
    // Its lock file goes with the service too.
    process.env['TMPDIR'] = podman.dir;
    try {
      return new ContainerEngine(await getContainerRuntimeClient(), podman);
    } catch (error) {
      await podman.stop();
      throw error;
    }
  }

  /** Loads an archive of `docker save` or of hack/toolchain/images.sh; rejects unless `image` is there then. */
  async load(archive: string, image: string): Promise<void> {
    const answer = await this.#client.container.dockerode.loadImage(archive);
    let said = '';
    for await (const chunk of answer) said += String(chunk);
    if (!(await this.#client.image.exists(ImageName.fromString(image)))) {
      throw new Error(`${archive} brought no ${image}: ${said.slice(0, 500)}`);
    }
  }

  /** Ends an engine of our own with all its containers; leaves the machine's alone. */
  async stop(): Promise<void> {
    await this.#podman?.stop();
  }
}

/** Whether a Docker engine is behind the socket; the file may be there without one. */
function answers(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const ping = request({ socketPath, path: '/_ping', timeout: 5000 }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    ping.on('timeout', () => ping.destroy(new Error('no answer')));
    ping.on('error', () => resolve(false));
    ping.end();
  });
}

function disableRyuk(): void {
  process.env['TESTCONTAINERS_RYUK_DISABLED'] = 'true';
}

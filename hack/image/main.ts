import { relative } from 'node:path';
import { parseArgs } from 'node:util';
import { buildImage, imageName, stageOnly } from './build-image.ts';

/** make image. */

const help = `weft's container image, without Docker and without a registry.

  node hack/image/main.ts [--revision=COMMIT]
  node hack/image/main.ts --stage-only

Builds ${imageName} from the Dockerfile with buildah and writes build/image/weft.tar, which \`ctr -n k8s.io images
import\`, \`podman load\` and \`docker load\` take. dist is built first where it is missing or older than its sources.
Nothing is done when nothing has changed; the same content gives the same bytes.

--revision    commit to be named in a label
--stage-only  only put what goes into the image into build/image/root, for \`docker build\`
`;

const { values } = parseArgs({
  options: {
    revision: { type: 'string' },
    'stage-only': { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  process.stdout.write(help);
} else {
  try {
    console.log(relative('.', await build(values.revision)));
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
}

function build(revision: string | undefined): Promise<string> {
  if (values['stage-only']) return stageOnly(say);
  return buildImage(say, revision === undefined ? {} : { revision });
}

function say(line: string): void {
  console.error(`image: ${line}`);
}

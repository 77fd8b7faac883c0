import { availableParallelism } from 'node:os';
import { buildImage } from '../image/build-image.ts';
import { clusterTools, toolDirectory } from '../toolchain/tools.ts';
import { BuildWatch, cacheRoot } from './builds.ts';
import type { Stage } from './stage.ts';
import { aboutText, secondsLeft } from './time-left.ts';

/** Seconds that the demo takes when everything is built, on two cores: for what it says is left. */
export const warmSeconds = 60;

/** First scene: builds what the cache lacks, and weft itself; says what and how long it takes. */
export async function buildWhatIsNeeded(stage: Stage): Promise<void> {
  stage.scene('1. What this needs');
  const watch = new BuildWatch(cacheRoot());
  const cores = availableParallelism();
  const start = performance.now();
  const left = (): number => secondsLeft(watch.states(), (performance.now() - start) / 1000, cores);
  const missing = watch.missing().map((build) => build.name);
  if (missing.length > 0) {
    stage.say(
      `This machine lacks: ${missing.join(', ')}. They are built from source, once, into ${cacheRoot()}.`,
    );
    stage.say(`With ${cores} cores that takes ${aboutText(left())}, a guess that gets better on the way.`);
    stage.say('Ctrl-C does no harm: what is ready by then stays, and the next run goes on from there.');
  }
  const progress = (line: string): void => {
    watch.saw(line);
    stage.say(line);
  };
  const note = (): string => {
    const seconds = left();
    return seconds === 0 ? '' : `${aboutText(seconds + warmSeconds)} left in all`;
  };
  const screen = stage.screen;
  await screen.during('building the compiler of the plugin', () => toolDirectory('quickjs', progress), note);
  await screen.during('building the cluster', () => clusterTools(progress), note);
  await screen.during('building the image', () => buildImage((line) => progress(`image: ${line}`)), note);
  stage.say('Built and at hand: Kubernetes, containerd, the CNI plugins, and the image with weft in it.');
}

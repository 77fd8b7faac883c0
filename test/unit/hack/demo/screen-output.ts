import { Screen } from '../../../../hack/demo/screen.ts';
import { Stage } from '../../../../hack/demo/stage.ts';

/** A stage whose text is kept. */
export function keptStage(isTTY = false): { readonly stage: Stage; readonly text: () => string } {
  const written: string[] = [];
  const sink = { isTTY, columns: 60, write: (text: string): number => written.push(text) };
  return { stage: new Stage(new Screen(sink, {})), text: () => written.join('') };
}

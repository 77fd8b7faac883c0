import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One answer of a real API server. */
export interface RecordedAnswer {
  /** What it is about; answers of one kind have the same name. */
  readonly name: string;
  readonly path: string;
  readonly status: number;
  /** The header, if there was one. */
  readonly retryAfter?: string;
  /** All of it; for a watch, every line. */
  readonly body: string;
}

/** What test/api/record-transcripts.ts recorded. */
export interface Transcript {
  readonly kubernetes: string;
  readonly about: string;
  readonly answers: readonly RecordedAnswer[];
}

/** A transcript of test/fixtures/kube. */
export function readTranscript(name: 'history' | 'refusals'): Transcript {
  const path = join(import.meta.dirname, '../fixtures/kube', `${name}.json`);
  return JSON.parse(readFileSync(path, 'utf8')) as Transcript;
}

/** The answers of that name, in the order in which they came; at least one. */
export function answersNamed(
  { answers }: Transcript,
  name: string,
): readonly [RecordedAnswer, ...RecordedAnswer[]] {
  const [first, ...rest] = answers.filter((answer) => answer.name === name);
  if (first === undefined) throw new Error(`the transcript has no answer "${name}"`);
  return [first, ...rest];
}

import { run } from './run.ts';
import { promqlEvalBinary } from './toolchain.ts';

/** A page of metrics as Prometheus has got it. */
export interface Scrape {
  /** Seconds since 1970. */
  readonly seconds: number;
  /** What Prometheus adds to each sample: job, namespace, pod, and what a PodMonitor says. */
  readonly labels: Readonly<Record<string, string>>;
  /** In the text format. */
  readonly page: string;
}

/** One sample of an answer. */
export interface QuerySample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/**
 * What Prometheus' own engine answers to each query at a moment, seconds since 1970. Rejects with what it says of the first
 * query that cannot be evaluated, or of a page that it cannot read.
 */
export async function evaluate(
  scrapes: readonly Scrape[],
  at: number,
  queries: readonly string[],
): Promise<readonly (readonly QuerySample[])[]> {
  const end = await run([promqlEvalBinary()], { stdin: JSON.stringify({ scrapes, at, queries }) });
  if (end.status !== 0) throw new Error(end.stderr);
  const answers = JSON.parse(end.stdout) as readonly {
    readonly error?: string;
    readonly samples: readonly {
      readonly labels: Readonly<Record<string, string>>;
      readonly value: string;
    }[];
  }[];
  return answers.map(({ error, samples }, index) => {
    if (error !== undefined) throw new Error(`${queries[index]}: ${error}`);
    return samples.map(({ labels, value }) => ({ labels, value: numberOf(value) }));
  });
}

/** Go writes infinity as +Inf. */
function numberOf(text: string): number {
  return Number(text.replace(/Inf$/, 'Infinity'));
}

import { Counter, Gauge, Histogram, Registry } from 'prom-client';

/** Label values by label name. */
export type Labels = Readonly<Record<string, string>>;

/** What only grows. */
export interface Count {
  add(labels?: Labels, by?: number): void;
}

/** A distribution of seconds. */
export interface Durations {
  observe(labels: Labels, seconds: number): void;
}

/** One value of a gauge with labels. */
export interface Sample {
  readonly labels: Labels;
  readonly value: number;
}

/** Observations that are kept back at most. */
const maxPending = 512;

/** What every metric has. */
export interface MetricText {
  /** `weft_…`, base units, `_total` for counters. */
  readonly name: string;
  readonly help: string;
  readonly labels?: readonly string[];
  /** Label sets to show as 0 from the start: a series that appears with its first failure cannot be alerted on. */
  readonly initial?: readonly Labels[];
}

/** Upper bounds in seconds; ADD takes milliseconds when all is well and up to a minute when not. */
const durationBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/**
 * The metrics of one daemon. The only user of prom-client, so that it can be replaced where its memory does not pay.
 * Node's own process metrics are left out: cAdvisor has them, and collecting them costs an interval.
 */
export class Metrics {
  readonly #registry = new Registry();
  readonly #pending: (() => void)[] = [];

  count(text: MetricText): Count {
    const counter = new Counter({ ...this.#base(text) });
    for (const labels of text.initial ?? []) counter.inc({ ...labels }, 0);
    return { add: (labels = {}, by = 1) => counter.inc({ ...labels }, by) };
  }

  /** `buckets`: upper bounds in seconds, where those of ADD do not fit. */
  durations(text: MetricText, buckets: readonly number[] = durationBuckets): Durations {
    const histogram = new Histogram({ ...this.#base(text), buckets: [...buckets] });
    for (const labels of text.initial ?? []) histogram.zero({ ...labels });
    return { observe: (labels, seconds) => this.#later(() => histogram.observe({ ...labels }, seconds)) };
  }

  /** A counter that its owner keeps itself; `read` is called when somebody scrapes, must not throw, nor ever fall. */
  tally(text: MetricText, read: () => number): void {
    const counter = new Counter({
      ...this.#base(text),
      collect() {
        this.reset();
        this.inc(read());
      },
    });
    counter.inc(0);
  }

  /** A value that is read when somebody scrapes; `read` must not throw. Undefined: no sample. */
  gauge(text: MetricText, read: () => number | undefined): void {
    const gauge = new Gauge({
      ...this.#base(text),
      collect() {
        const value = read();
        if (value === undefined) this.remove();
        else this.set(value);
      },
    });
    gauge.set(0);
  }

  /** The same with labels: each sample that `read` gives, and no other. */
  gauges(text: MetricText, read: () => readonly Sample[]): void {
    new Gauge({
      ...this.#base(text),
      collect() {
        this.reset();
        for (const { labels, value } of read()) this.set({ ...labels }, value);
      },
    });
  }

  /** A constant 1 with labels that describe: version and the like. */
  info(text: MetricText, labels: Labels): void {
    new Gauge(this.#base(text)).set({ ...labels }, 1);
  }

  /** The text exposition format. */
  render(): Promise<string> {
    this.#settle();
    return this.#registry.metrics();
  }

  /** For the HTTP header. */
  get contentType(): string {
    return this.#registry.contentType;
  }

  /**
   * A request has many observations, and after a pause each costs the library several times what it costs in a row;
   * so they are made together, when somebody looks or when there are enough.
   */
  #later(observe: () => void): void {
    this.#pending.push(observe);
    if (this.#pending.length >= maxPending) this.#settle();
  }

  #settle(): void {
    for (const observe of this.#pending.splice(0)) observe();
  }

  #base(text: MetricText): { name: string; help: string; labelNames: string[]; registers: Registry[] } {
    return {
      name: text.name,
      help: text.help,
      labelNames: [...(text.labels ?? [])],
      registers: [this.#registry],
    };
  }
}

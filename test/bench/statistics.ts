/** A series of measurements, as it is reported: never a single number. */
export interface Series {
  readonly median: number;
  /** 10th and 90th percentile. */
  readonly low: number;
  readonly high: number;
  readonly count: number;
}

/** Of at least one value. */
export function seriesOf(values: readonly number[]): Series {
  const sorted = [...values].sort((left, right) => left - right);
  const at = (share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
  return { median: at(0.5), low: at(0.1), high: at(0.9), count: sorted.length };
}

/** Of the differences between two interleaved series, round by round. */
export function pairedOf(values: readonly number[], floor: readonly number[]): Series {
  return seriesOf(values.map((value, index) => value - (floor[index] ?? Number.NaN)));
}

/** `12.3 (11.0–14.2)` milliseconds or whatever the unit is. */
export function formatSeries(series: Series): string {
  return `${series.median.toFixed(2)} (${series.low.toFixed(2)}–${series.high.toFixed(2)})`;
}

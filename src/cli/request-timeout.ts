import { InvalidArgumentError, Option } from 'commander';

/** `--request-timeout`, whose value is in milliseconds. */
export function requestTimeoutOption(): Option {
  return new Option('--request-timeout <time>', 'how long one call of the API may take, such as 30s or 1m')
    .argParser(milliseconds)
    .default(10_000, '10s');
}

/** As kubectl's: a number of seconds, or one with a unit. */
function milliseconds(text: string): number {
  const match = /^([1-9][0-9]{0,4})(s|m)?$/.exec(text);
  if (match === null) throw new InvalidArgumentError('It must be like 30s or 1m.');
  return Number(match[1]) * (match[2] === 'm' ? 60_000 : 1000);
}

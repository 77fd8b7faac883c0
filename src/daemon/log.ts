import { destination, type Logger, pino, stdTimeFunctions } from 'pino';

export const logLevels = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof logLevels)[number];

/** One line: a message that never varies, so that it can be searched and counted, and fields that do. */
export type LogLine = (fields: Readonly<Record<string, unknown>>, message: string) => void;

/** What the rooms log with. */
export interface Log {
  readonly debug: LogLine;
  readonly info: LogLine;
  readonly warn: LogLine;
  readonly error: LogLine;
}

/**
 * JSON lines on standard error, each written before the call returns: what a daemon said before it was killed is there,
 * and nothing is buffered (reference/typescript-stack.md §D: 1.7 µs a line, no worker thread).
 */
export function createLog(level: LogLevel, base: Readonly<Record<string, unknown>>): Log {
  const logger: Logger = pino(
    {
      level,
      base,
      messageKey: 'msg',
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    destination({ dest: 2, sync: true }),
  );
  return logger;
}

/** Drops everything; for tests and for code that runs before the log exists. */
export const silentLog: Log = { debug: ignore, info: ignore, warn: ignore, error: ignore };

function ignore(): void {}

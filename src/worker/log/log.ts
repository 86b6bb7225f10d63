import { pino } from 'pino';
import { printable } from '../../lib/printable.ts';
import type { Redact } from '../../salesforce/redact.ts';
import type { LogFormat, LogLevel } from './settings.ts';
import { textLine } from './text-line.ts';

/** What a line carries beside its message: names, run ids, counts, seconds. Never a record, a token or a secret. */
export interface LogFields {
  readonly [name: string]: string | number | boolean | null | undefined | LogFields;
}

/** Anyone who can write to the Temporal namespace can make some texts as long as they like. */
const LONGEST_TEXT = 2_000;

/** Writes one line. `event` is its name for programs. */
type Write = (event: string, message: string, fields?: LogFields) => void;

export type Log = Readonly<Record<LogLevel, Write>>;

export interface LogOptions {
  readonly level: LogLevel;
  readonly format: LogFormat;
  /** In every line. */
  readonly base: LogFields;
  /** Removes the secrets that this process knows. */
  readonly redact: Redact;
  /** Gets each line, with its line break. */
  readonly write: (line: string) => void;
}

/** The worker's log: one line for each entry, as text for people or as JSON for programs. */
export function createLog({ level, format, base, redact, write }: LogOptions): Log {
  const clean = (text: string): string => printable(redact(text.slice(0, LONGEST_TEXT)));
  const logger = pino(
    {
      level,
      base: cleanFields(base, clean),
      messageKey: 'message',
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    { write: format === 'json' ? write : (line: string) => write(textLine(JSON.parse(line))) },
  );
  const writer =
    (at: LogLevel): Write =>
    (event, message, fields = {}) =>
      logger[at]({ event, ...cleanFields(fields, clean) }, clean(message));
  return { error: writer('error'), warn: writer('warn'), info: writer('info'), debug: writer('debug') };
}

function cleanFields(fields: LogFields, clean: (text: string) => string): LogFields {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => {
      if (typeof value === 'string') return [name, clean(value)];
      return [name, typeof value === 'object' && value !== null ? cleanFields(value, clean) : value];
    }),
  );
}

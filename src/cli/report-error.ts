import { UserError } from '../errors.ts';
import * as indexErrors from '../index/port/errors.ts';
import { printableLines } from '../lib/printable.ts';

const DEBUG = 'SALESFORCE_CONNECTOR_DEBUG';

/** Errors whose message says what to do. */
const EXPLAINED = [UserError, ...Object.values(indexErrors)];

/** Writes an error to stderr for a person: only its message; with the debug variable, also its stack. */
export function reportError(error: unknown): void {
  process.stderr.write(`${printableLines(errorText(error))}\n`);
  if (process.env[DEBUG] && error instanceof Error) process.stderr.write(`${printableLines(error.stack ?? '')}\n`);
}

function errorText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (EXPLAINED.some((kind) => error instanceof kind)) return error.message;
  const hint: unknown = Reflect.get(error, 'hint');
  if (typeof hint === 'string') return `${error.message.replace(/\.$/, '')}. ${hint}`;
  return `${error.message.split('\n')[0]} (${error.name}; set ${DEBUG}=1 for the stack trace)`;
}

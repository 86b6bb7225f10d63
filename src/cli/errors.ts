import * as indexErrors from '../index/errors.ts';
import { printableLines } from '../printable.ts';
import { UserError } from '../user-error.ts';

const DEBUG = 'SALESFORCE_CONNECTOR_DEBUG';

/** Errors whose message says what to do. */
const EXPLAINED = [UserError, ...Object.values(indexErrors)];

/** Writes an error for the person at the keyboard to stderr: its message alone; with the debug variable, where it arose. */
export function reportError(error: unknown): void {
  process.stderr.write(`${printableLines(errorText(error))}\n`);
  if (process.env[DEBUG] && error instanceof Error) process.stderr.write(`${printableLines(error.stack ?? '')}\n`);
}

function errorText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (EXPLAINED.some((kind) => error instanceof kind)) return error.message;
  const hint: unknown = Reflect.get(error, 'hint');
  if (typeof hint === 'string') return `${error.message.replace(/\.$/, '')}. ${hint}`;
  return `${error.message.split('\n')[0]} (${error.name}; ${DEBUG}=1 shows where)`;
}

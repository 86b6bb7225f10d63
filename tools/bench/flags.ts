import { type ParseArgsConfig, parseArgs } from 'node:util';
import { UserError } from '../../src/errors.ts';

type Options = NonNullable<ParseArgsConfig['options']>;
type Values<O extends Options> = ReturnType<typeof parseArgs<{ options: O }>>['values'];

/** The flags of a bench, and how the bench is called. */
export interface FlagsOf<O extends Options> {
  readonly usage: string;
  readonly options: O;
}

/** Reads a bench's flags. Throws a UserError that ends with the usage. */
export function readFlags<O extends Options>(args: readonly string[], { usage, options }: FlagsOf<O>): Values<O> {
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    const [first = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
    throw new UserError(`${first.split(/\.(?:\s|$)/)[0]}. Usage: ${usage}`);
  }
}

/** Returns a flag's whole number. Throws a UserError if it is not one, or below the lowest. */
export function wholeNumber(flag: string, text: string, lowest: number): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isInteger(value) && value >= lowest) return value;
  throw new UserError(`--${flag} is '${text}': write a whole number, ${lowest} or more.`);
}

import { parseArgs } from 'node:util';
import { GenerateError, type GenerateOptions, generateOrg } from '../generate.ts';
import { wrongArgument } from './arguments.ts';

const USAGE = 'Usage: generate <folder> --accounts N --seed S [--person-accounts P]';
const MOST_ACCOUNTS = 2_000_000;
const HIGHEST_SEED = 4_294_967_295;
const NUMBERS = new Intl.NumberFormat('en');

/** Runs `generate <folder> --accounts N --seed S [--person-accounts P]`: writes the folder and prints its row counts. */
export function generate(args: readonly string[]): void {
  const options = readArguments(args);
  const begun = performance.now();
  const rows = generateOrg(options);
  const seconds = ((performance.now() - begun) / 1000).toFixed(1);
  const all = [...rows.values()].reduce((sum, count) => sum + count, 0);
  const lines = [...rows].map(([object, count]) => `  ${object.padEnd(26)}${NUMBERS.format(count).padStart(11)}`);
  process.stdout.write(
    `${[`Org folder ${options.folder}: ${NUMBERS.format(all)} rows in ${seconds} s`, ...lines].join('\n')}\n`,
  );
}

/** Errors whose message says what to do. */
export const explained = [GenerateError];

function readArguments(args: readonly string[]): GenerateOptions {
  const { values, positionals } = parsed(args);
  const [folder, ...more] = positionals;
  if (!folder || more.length > 0) throw new GenerateError(`Name one folder. ${USAGE}`);
  return {
    folder,
    accounts: whole('--accounts', values.accounts, 1, MOST_ACCOUNTS),
    seed: whole('--seed', values.seed, 0, HIGHEST_SEED),
    personPercent: whole('--person-accounts', values['person-accounts'] ?? '0', 0, 100),
  };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: { accounts: { type: 'string' }, seed: { type: 'string' }, 'person-accounts': { type: 'string' } },
      allowPositionals: true,
    });
  } catch (error) {
    throw new GenerateError(`${wrongArgument(error)}. ${USAGE}`);
  }
}

function whole(flag: string, text: string | undefined, lowest: number, highest: number): number {
  const value = Number(text);
  if (text !== undefined && /^\d+$/.test(text) && value >= lowest && value <= highest) return value;
  const range = `a whole number from ${lowest} to ${highest}`;
  throw new GenerateError(
    text === undefined ? `${flag} is missing: give ${range}.` : `${flag} is '${text}': give ${range}.`,
  );
}

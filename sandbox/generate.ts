import { parseArgs } from 'node:util';
import { GenerateError } from './generate/errors.ts';
import { type GenerateOptions, generateOrg } from './generate/generate-org.ts';

const USAGE = 'Usage: generate <folder> --accounts N --seed S [--person-accounts P]';
const MOST_ACCOUNTS = 2_000_000;
const HIGHEST_SEED = 4_294_967_295;
const NUMBERS = new Intl.NumberFormat('en');

/** `generate.js <folder> --accounts N --seed S [--person-accounts P]`: writes the folder and says what is in it. */
function main(args: readonly string[]): void {
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

function readArguments(args: readonly string[]): GenerateOptions {
  const { values, positionals } = parsed(args);
  const [folder, ...more] = positionals;
  if (folder === undefined || more.length > 0) throw new GenerateError(`One folder is needed. ${USAGE}`);
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
    throw new GenerateError(`${error instanceof Error ? error.message : String(error)}. ${USAGE}`);
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

try {
  main(process.argv.slice(2));
} catch (error) {
  const known = error instanceof GenerateError;
  process.stderr.write(`${known ? error.message : error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = 1;
}

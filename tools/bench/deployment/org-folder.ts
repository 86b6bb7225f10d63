import { execFile } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { generateProgram } from '@salesforce-connector/sandbox/generate';
import { UserError } from '../../../src/errors.ts';
import { packageRoot } from '../../../src/process/package-root.ts';

const run = promisify(execFile);

/** Where benches keep what takes long to make. */
export const BENCH_CACHE = join(packageRoot(), '.data', 'bench');

/** Which org a bench uses: a folder, or one that is generated. */
export interface ChosenOrg {
  readonly org?: string | undefined;
  readonly accounts: number;
  readonly seed: number;
}

/** Returns the folder of the org. Generates it if it is not there yet. */
export async function orgFolder({ org, accounts, seed }: ChosenOrg): Promise<string> {
  if (org !== undefined) {
    if (existsSync(join(org, 'User.csv'))) return resolve(org);
    throw new UserError(`--org: ${org} is not an org folder, because it has no User.csv.`);
  }
  const folder = join(BENCH_CACHE, 'orgs', `accounts-${accounts}-seed-${seed}`);
  if (existsSync(folder)) return folder;
  process.stderr.write(`Generating an org of ${accounts} accounts (once) in ${folder} …\n`);
  const unfinished = `${folder}.unfinished-${process.pid}`;
  mkdirSync(join(BENCH_CACHE, 'orgs'), { recursive: true });
  try {
    await run(process.execPath, [...generateProgram, unfinished, '--accounts', `${accounts}`, '--seed', `${seed}`]);
    renameSync(unfinished, folder);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
  return folder;
}

/** Makes `into` a folder of the same org with other settings in org.json. */
export function withSettings(folder: string, into: string, settings: Readonly<Record<string, unknown>>): void {
  mkdirSync(into);
  for (const name of readdirSync(folder).filter((name) => name.endsWith('.csv')))
    symlinkSync(join(folder, name), join(into, name));
  const file = join(folder, 'org.json');
  const present = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as object) : {};
  writeFileSync(join(into, 'org.json'), JSON.stringify({ ...present, ...settings }));
}

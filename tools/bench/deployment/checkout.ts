import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { UserError } from '../../../src/errors.ts';
import { packageRoot } from '../../../src/process/package-root.ts';

const run = promisify(execFile);

/** A built checkout of this project, of any version. */
export interface Checkout {
  /** `this` or `other`, and the commit. */
  readonly name: string;
  readonly folder: string;
  /** Its command line program. */
  readonly program: string;
  /** The module that programs import to search. */
  readonly library: string;
}

/** Returns this checkout, and the one in the folder if there is one. */
export async function checkouts(against: string | undefined): Promise<readonly Checkout[]> {
  const present = await checkoutIn('this', packageRoot());
  return against === undefined ? [present] : [present, await checkoutIn('other', resolve(against))];
}

async function checkoutIn(who: string, folder: string): Promise<Checkout> {
  const program = join(folder, 'bin', 'salesforce-connector.js');
  const library = join(folder, 'dist', 'src', 'library.js');
  if (!existsSync(program) || !existsSync(library))
    throw new UserError(
      `${folder} is not a built checkout: run \`npm ci\` in a clone of this repository, and name its folder.`,
    );
  const { stdout } = await run('git', ['-C', folder, 'log', '-1', '--format=%h']).catch(() => ({ stdout: '' }));
  const commit = stdout.trim();
  return { name: commit === '' ? who : `${who} (${commit})`, folder, program, library };
}

/** The environment without settings of another deployment. */
export function neutralEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(?:TEMPORAL|SALESFORCE|OTEL|NODE_OPTIONS)/.test(name)),
  );
}

/** Runs a command of the checkout, and returns what it printed. */
export async function runCommand({ program }: Checkout, args: readonly string[]): Promise<string> {
  const { stdout } = await run(process.execPath, [program, ...args], {
    env: neutralEnvironment(),
    maxBuffer: 100_000_000,
  });
  return stdout;
}

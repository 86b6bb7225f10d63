import { existsSync } from 'node:fs';
import type { IndexLocation } from './location.ts';
import { RunStoreMissingError } from './port/errors.ts';

/**
 * Checks that this machine has the run store. If another engine searches, other machines need not have it.
 *
 * @throws RunStoreMissingError
 */
export function checkRunStore({ engine, path }: IndexLocation): void {
  if (engine === 'sqlite' || existsSync(path)) return;
  throw new RunStoreMissingError(
    `This needs the run store, which is on the worker's machine, and there is none at ${path}: run it there, or start the first run.`,
  );
}

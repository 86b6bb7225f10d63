import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { parse } from 'yaml';
import { authKeys } from '../../config/auth.ts';
import { loadConfig } from '../../config/load.ts';
import { BadConfigError } from '../../config/problems.ts';

/** Keys of a config file with their values. Paths are absolute. */
export type GivenKeys = Readonly<Record<string, unknown>>;

/** What belongs to the sandbox org. Another file cannot know it. */
const OWN_KEYS: ReadonlySet<string> = new Set(['connection', 'base_url', 'data_dir', ...Object.keys(authKeys)]);

/**
 * Reads a config file for the demo, which replaces what belongs to the sandbox org. So that may be missing.
 *
 * @throws UserError if the file cannot be read, or if another key is wrong
 */
export async function readGivenKeys(path: string): Promise<GivenKeys> {
  const file = resolve(path);
  try {
    await loadConfig(file);
  } catch (error) {
    if (!(error instanceof BadConfigError) || error.keys.some((key) => !OWN_KEYS.has(key))) throw error;
  }
  const keys = Object.entries(parse(await readFile(file, 'utf8')) as object);
  return Object.fromEntries(
    keys.filter(([key]) => !OWN_KEYS.has(key)).map(([key, value]) => [key, withPaths(key, value, dirname(file))]),
  );
}

/** The Temporal program that the file names; null: none. */
export function binaryOf({ temporal }: GivenKeys): string | null {
  const { binary } = Object(temporal) as { readonly binary?: string };
  return binary ?? null;
}

const PATHS: ReadonlySet<string> = new Set(['index.path', 'temporal.binary']);

/** Makes relative paths absolute: the demo's own config file is in another folder. */
function withPaths(key: string, value: unknown, folder: string): unknown {
  if (typeof value === 'string') return PATHS.has(key) || key.endsWith('_file') ? resolve(folder, value) : value;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, withPaths(`${key}.${name}`, inner, folder)]),
  );
}

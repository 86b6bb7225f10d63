import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateOrg } from '../../../sandbox/generate/generate-org.ts';

/** A new folder below the temporary one, for the time of the call. */
export async function withTemporary<T>(use: (folder: string) => Promise<T> | T): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'generated-'));
  try {
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The files of a folder as they are, by name. */
export function contentsOf(folder: string): Record<string, string> {
  return Object.fromEntries(
    readdirSync(folder)
      .sort()
      .map((name) => [name, readFileSync(join(folder, name), 'utf8')]),
  );
}

/** The files that the generator writes for these arguments. */
export function generated(accounts: number, seed: number): Promise<Record<string, string>> {
  return withTemporary((parent) => {
    const folder = join(parent, 'org');
    generateOrg({ folder, accounts, seed });
    return contentsOf(folder);
  });
}

import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateOrg } from '../../src/generate/generate-org.ts';

/** Runs `use` with a new temporary folder, and removes it afterwards. */
export async function withTemporary<T>(use: (folder: string) => Promise<T> | T): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'generated-'));
  try {
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Returns the contents of a folder's files by name. */
export function contentsOf(folder: string): Record<string, string> {
  return Object.fromEntries(
    readdirSync(folder)
      .sort()
      .map((name) => [name, readFileSync(join(folder, name), 'utf8')]),
  );
}

/** Returns the files that the generator writes for these arguments. */
export function generated(accounts: number, seed: number): Promise<Record<string, string>> {
  return withTemporary((parent) => {
    const folder = join(parent, 'org');
    generateOrg({ folder, accounts, seed });
    return contentsOf(folder);
  });
}

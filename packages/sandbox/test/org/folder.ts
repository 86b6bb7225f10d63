import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openOrg } from '../../src/org/open.ts';
import type { Org, Visibility } from '../../src/org/types.ts';

/** Files of an org folder: CSV text, or the value of a JSON file. */
export type Files = Readonly<Record<string, string | object>>;

/** The least that an org folder needs: a user with View All Data by their profile. */
export const LEAST: Files = {
  'User.csv': 'Id,Username,ProfileId,IsActive\n005000000000001AAA,admin@x.example,00e000000000001AAA,true\n',
  'PermissionSet.csv': 'Id,ProfileId,PermissionsViewAllData\n0PS000000000001GAA,00e000000000001AAA,true\n',
};

/** The visibility of a user who sees everything. */
export const ALL: Visibility = {
  object: () => true,
  field: () => true,
  everyRow: () => true,
  row: () => true,
  hides: () => null,
};

/** Writes an org folder, passes it to `use`, and removes it afterwards. */
export async function withFolder<T>(files: Files, use: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'org-'));
  try {
    for (const [name, content] of Object.entries(files))
      writeFileSync(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Opens an org with the least files and these. The caller closes it. */
export function orgOf(files: Files): Promise<Org> {
  return withFolder({ ...LEAST, ...files }, openOrg);
}

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openOrg } from '../../../sandbox/org/open.ts';
import type { Org, Sight } from '../../../sandbox/org/types.ts';

/** Files of an org folder: CSV text, or the value of a JSON file. */
export type Files = Readonly<Record<string, string | object>>;

/** A user with View All Data by their profile: the least that an org folder needs. */
export const LEAST: Files = {
  'User.csv': 'Id,Username,ProfileId,IsActive\n005000000000001AAA,admin@x.example,00e000000000001AAA,true\n',
  'PermissionSet.csv': 'Id,ProfileId,PermissionsViewAllData\n0PS000000000001GAA,00e000000000001AAA,true\n',
};

/** A user who sees everything. */
export const ALL: Sight = {
  object: () => true,
  field: () => true,
  everyRow: () => true,
  row: () => true,
  hides: () => null,
};

/** Writes an org folder, hands it over, and removes it afterwards. */
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

/** Opens an org with these files besides the least ones. The caller closes it. */
export function orgOf(files: Files): Promise<Org> {
  return withFolder({ ...LEAST, ...files }, openOrg);
}

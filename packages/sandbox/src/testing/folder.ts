import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Row } from '../org/types.ts';

/** Returns an 18-character id: the prefix, the number and the checksum. */
export function sfId(prefix: string, n: number): string {
  const id = prefix + String(n).padStart(12, '0');
  const suffix = [0, 5, 10].map((start) => {
    const bits = [...id.slice(start, start + 5)].reduce((sum, c, i) => sum + (/[A-Z]/.test(c) ? 2 ** i : 0), 0);
    return 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345'[bits];
  });
  return id + suffix.join('');
}

export type OrgTables = Readonly<Record<string, readonly Row[]>>;

/** Writes an org folder. Each file's header has the columns of its rows. `remove` deletes the folder. */
export function writeFolder(
  tables: OrgTables,
  settings: Readonly<Record<string, unknown>> = {},
): { readonly folder: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'sandbox-org-'));
  writeFileSync(join(folder, 'org.json'), JSON.stringify(settings));
  for (const [object, rows] of Object.entries(tables)) {
    const columns = [...new Set(rows.length === 0 ? ['Id'] : rows.flatMap((row) => Object.keys(row)))];
    const lines = rows.map((row) => columns.map((column) => cell(row[column])).join(','));
    writeFileSync(join(folder, `${object}.csv`), `${[columns.join(','), ...lines].join('\n')}\n`);
  }
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

function cell(value: Row[string] | undefined): string {
  if (value === undefined || value === null) return '';
  const text = String(value);
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

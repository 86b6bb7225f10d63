import { mkdirSync, readdirSync, statSync } from 'node:fs';
import { company } from './company.ts';
import { fieldDeclarations } from './custom-fields.ts';
import { GenerateError } from './errors.ts';
import { writeFamily } from './family.ts';
import { securedFields } from './fields.ts';
import { writeGroups } from './groups.ts';
import { OrgFiles } from './org-files.ts';
import { writeOrganization } from './organization.ts';
import { writePeople, writeUsers } from './people.ts';
import { writePermissions } from './permissions.ts';
import { writeRecordTypes } from './person-columns.ts';
import { type GeneratedAccount, type Records, recordIds } from './records.ts';
import { writeTerritories } from './territories.ts';

export interface GenerateOptions {
  /**
   * The folder to write. It is created if missing and must be empty. It and its files are readable by their owner only.
   */
  readonly folder: string;
  readonly accounts: number;
  readonly seed: number;
  /** The percentage of accounts that are person accounts. With 0 the org has none. */
  readonly personPercent?: number;
}

/**
 * Writes an org folder. The same number of accounts and the same seed give the same bytes on any machine, at any time.
 * Memory doesn't grow with the number of accounts. Returns the number of rows written for each sObject.
 *
 * @throws GenerateError if the folder is not empty or cannot be written
 */
export function generateOrg({
  folder,
  accounts,
  seed,
  personPercent = 0,
}: GenerateOptions): ReadonlyMap<string, number> {
  takeFolder(folder);
  const files = new OrgFiles(folder);
  try {
    const staff = company(accounts);
    const hasPersonAccounts = personPercent > 0;
    writeOrganization(files, seed);
    if (hasPersonAccounts) writeRecordTypes(files);
    writePeople(files, staff);
    writePermissions(files, staff, securedFields(hasPersonAccounts));
    const territories = writeTerritories(files, staff);
    const groups = writeGroups(files, staff, territories, seed);

    const records: Records = {
      files,
      company: staff,
      groups,
      territories,
      seed,
      personPercent,
      nextId: recordIds(),
    };
    let previous: GeneratedAccount | null = null;
    for (let n = 1; n <= accounts; n++) {
      const account: GeneratedAccount = writeFamily(records, n, previous);
      if (!account.isDeleted && !account.isPerson) previous = account;
    }
    files.settings({ run_as: staff.integration.id, fields: fieldDeclarations(hasPersonAccounts) });
    writeUsers(files, staff);
    return files.rows();
  } catch (error) {
    throw notWritten(folder, error);
  } finally {
    files.close();
  }
}

function takeFolder(folder: string): void {
  try {
    if (statSync(folder, { throwIfNoEntry: false }) === undefined) mkdirSync(folder, { recursive: true, mode: 0o700 });
    if (readdirSync(folder).length === 0) return;
  } catch (error) {
    throw notWritten(folder, error);
  }
  throw new GenerateError(`The folder ${folder} is not empty: name an empty folder, or one that does not exist.`);
}

function notWritten(folder: string, error: unknown): unknown {
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
  if (typeof code !== 'string') return error;
  return new GenerateError(
    `The folder ${folder} cannot be written (${code}): name another folder, or check its disk space and permissions.`,
  );
}

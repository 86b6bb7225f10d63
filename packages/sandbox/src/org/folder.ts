import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { OrgFolderError } from './errors.ts';
import { KNOWN_OBJECTS } from './schema/index.ts';

/**
 * Returns the CSV files of an org folder, by sObject. Throws `OrgFolderError` if the folder doesn't exist, has no CSV
 * files, or has a file that isn't named like an sObject.
 */
export function csvFiles(folder: string): ReadonlyMap<string, string> {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory())
    throw new OrgFolderError(`There is no folder ${folder}. Name a folder of CSV files, one per sObject.`);
  const files = readdirSync(folder).filter((file) => file.toLowerCase().endsWith('.csv'));
  if (files.length === 0)
    throw new OrgFolderError(`The folder ${folder} has no CSV files. Add one per sObject, such as Account.csv.`);
  return new Map(files.sort().map((file) => [sobjectOf(file), join(folder, file)]));
}

function sobjectOf(file: string): string {
  const name = file.slice(0, -'.csv'.length);
  if (name === 'UserRecordAccess')
    throw new OrgFolderError(`${file}: this sObject is computed, not read from a file. Remove the file.`);
  if (!file.endsWith('.csv') || !/^[A-Za-z][A-Za-z0-9_]*$/.test(name))
    throw new OrgFolderError(`${file}: this is not the name of an sObject. Rename it to one, such as Account.csv.`);
  const known = KNOWN_OBJECTS.find((object) => object.name.toLowerCase() === name.toLowerCase());
  if (known !== undefined && known.name !== name)
    throw new OrgFolderError(`${file}: sObject names are case-sensitive here. Rename it to ${known.name}.csv.`);
  return name;
}

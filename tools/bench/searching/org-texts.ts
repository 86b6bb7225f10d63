import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse';

type CsvRow = Readonly<Record<string, string>>;

/** All frequent words are in this number of rows. */
const SAMPLE = 20_000;
const TEXTS: Readonly<Record<string, readonly string[]>> = {
  Account: ['Name', 'AccountNumber', 'Description'],
  Case: ['CaseNumber', 'Subject', 'Description'],
};

/** Returns the ids of all users of an org folder, including inactive ones. */
export async function userIds(folder: string): Promise<string[]> {
  const rows = await rowsOf(folder, 'User');
  return rows.flatMap(({ Id }) => (Id === undefined ? [] : [Id]));
}

/** Returns the texts of the first accounts and cases of an org folder, one for each record. */
export async function textsOf(folder: string): Promise<string[]> {
  const texts: string[] = [];
  for (const [object, fields] of Object.entries(TEXTS))
    for (const row of await rowsOf(folder, object, SAMPLE)) texts.push(fields.map((field) => row[field]).join(' '));
  return texts;
}

/** Returns the first rows of an object of an org folder. */
export async function rowsOf(
  folder: string,
  object: string,
  most: number = Number.POSITIVE_INFINITY,
): Promise<CsvRow[]> {
  const rows: CsvRow[] = [];
  const file = createReadStream(join(folder, `${object}.csv`));
  for await (const row of file.pipe(parse({ columns: true }))) {
    rows.push(row as CsvRow);
    if (rows.length >= most) break;
  }
  file.destroy();
  return rows;
}

import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { CsvError, type Info, parse } from 'csv-parse';
import { OrgFolderError } from './errors.ts';

/** Reads a CSV file record by record, starting with the header. Throws `OrgFolderError` for invalid CSV. */
export async function* records(path: string): AsyncGenerator<string[]> {
  yield* read<string[]>(path, false);
}

/**
 * Returns the line on which a record begins; record 0 is the header. Only errors need it: counting lines always would
 * make loading a fifth slower.
 */
export async function lineOf(path: string, record: number): Promise<number> {
  let at = 0;
  let end = 0;
  for await (const { info } of read<{ info: Info }>(path, true)) {
    if (at++ === record) return end + 1;
    end = info.lines;
  }
  return end;
}

/** Returns the header of a CSV file: API field names, each once. Throws `OrgFolderError`. */
export async function readHeader(path: string): Promise<string[]> {
  for await (const names of records(path)) {
    const empty = names.findIndex((name) => name.trim() === '');
    if (empty >= 0)
      throw new OrgFolderError(`${basename(path)} line 1: column ${empty + 1} has no name. Write the API field name.`);
    const seen = new Set<string>();
    for (const name of names) {
      if (seen.has(name.toLowerCase()))
        throw new OrgFolderError(`${basename(path)} line 1: column ${name} appears twice. Remove one.`);
      seen.add(name.toLowerCase());
    }
    return names;
  }
  throw new OrgFolderError(
    `${basename(path)} line 1: there is no header. Write the API field names, or delete the file.`,
  );
}

async function* read<T>(path: string, info: boolean): AsyncGenerator<T> {
  const file = createReadStream(path);
  const parser = parse({ bom: true, info });
  file.on('error', (error) => parser.destroy(error));
  file.pipe(parser);
  try {
    for await (const record of parser as AsyncIterable<T>) yield record;
  } catch (error) {
    if (error instanceof CsvError) throw new OrgFolderError(`${basename(path)} line ${error.lines}: ${csvHint(error)}`);
    if (error instanceof Error && 'syscall' in error)
      throw new OrgFolderError(`${basename(path)} cannot be read: ${error.message}. Make it a readable file.`);
    throw error;
  } finally {
    file.destroy();
  }
}

function csvHint(error: CsvError): string {
  if (error.code === 'CSV_RECORD_INCONSISTENT_FIELDS_LENGTH')
    return 'this row does not have as many values as the header has names. Add or remove the values.';
  return `this is not valid CSV (${error.code}). Look for a quote that is not closed or not doubled.`;
}

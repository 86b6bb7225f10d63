import { closeSync, openSync, writeSync } from 'node:fs';

export type Value = string | number | boolean | null;

/** A row, keyed by API field name. */
export type GeneratedRow = Readonly<Record<string, Value>>;

/** The number of characters that are buffered before a write. */
const HELD = 256 * 1024;

/**
 * A CSV file in the format of a Bulk API 2.0 query, written row by row so that memory doesn't grow with it. The first
 * row's columns are the header; without rows no file is created.
 */
export class CsvFile {
  readonly path: string;
  rows = 0;
  #columns: readonly string[] = [];
  #file: number | null = null;
  #held = '';

  constructor(path: string) {
    this.path = path;
  }

  add(row: GeneratedRow): void {
    if (this.#file === null) {
      // Never overwrite a file that exists.
      this.#file = openSync(this.path, 'wx', 0o600);
      this.#columns = Object.keys(row);
      this.#held = `${this.#columns.map(cell).join(',')}\n`;
    }
    if (Object.keys(row).length !== this.#columns.length || !this.#columns.every((column) => column in row))
      throw new Error(`a row of ${this.path} has other columns than the first`);
    let line = '';
    for (const column of this.#columns) line += `${line === '' ? '' : ','}${cell(row[column] ?? null)}`;
    this.#held += `${line}\n`;
    this.rows += 1;
    if (this.#held.length > HELD) this.#flush();
  }

  close(): void {
    if (this.#file === null) return;
    this.#flush();
    closeSync(this.#file);
    this.#file = null;
  }

  #flush(): void {
    if (this.#file === null) return;
    let rest = Buffer.from(this.#held, 'utf8');
    while (rest.length > 0) rest = rest.subarray(writeSync(this.#file, rest));
    this.#held = '';
  }
}

function cell(value: Value): string {
  if (value === null) return '""';
  const text = String(value);
  return `"${text.includes('"') ? text.replaceAll('"', '""') : text}"`;
}

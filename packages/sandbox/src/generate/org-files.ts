import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CsvFile, type GeneratedRow } from './csv-file.ts';

/** The files of the org folder that is being written: one CSV file for each sObject. */
export class OrgFiles {
  readonly folder: string;
  readonly #files = new Map<string, CsvFile>();

  constructor(folder: string) {
    this.folder = folder;
  }

  add(object: string, row: GeneratedRow): void {
    let file = this.#files.get(object);
    if (file === undefined) {
      file = new CsvFile(join(this.folder, `${object}.csv`));
      this.#files.set(object, file);
    }
    file.add(row);
  }

  settings(values: object): void {
    writeFileSync(join(this.folder, 'org.json'), `${JSON.stringify(values, null, 2)}\n`, { flag: 'wx', mode: 0o600 });
  }

  /** Returns the number of rows written for each sObject. */
  rows(): ReadonlyMap<string, number> {
    return new Map([...this.#files].map(([object, file]) => [object, file.rows]));
  }

  close(): void {
    for (const file of this.#files.values()) file.close();
  }
}

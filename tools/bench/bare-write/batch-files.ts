import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import type { WriteBatch } from '../../../src/index/port/documents.ts';

export type WriteToFile = (batch: WriteBatch) => void;

/** Makes the folder, and returns a function that writes each batch to the next file of it. */
export function batchWriter(folder: string): WriteToFile {
  mkdirSync(folder);
  let count = 0;
  return (batch) => {
    writeFileSync(join(folder, String(count).padStart(8, '0')), serialize(batch));
    count += 1;
  };
}

/** Yields the batches of the folder in the order in which they were written. */
export function* batchesIn(folder: string): Generator<WriteBatch> {
  for (const name of readdirSync(folder).toSorted()) yield deserialize(readFileSync(join(folder, name))) as WriteBatch;
}

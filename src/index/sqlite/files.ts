import { rm } from 'node:fs/promises';

/** The endings of the files of a database: itself, its journal, and the journal's memory. */
const ENDINGS = ['', '-wal', '-shm'];

/** Deletes the files of the database. Missing ones are no error. */
export async function removeFiles(path: string): Promise<void> {
  for (const ending of ENDINGS) await rm(path + ending, { force: true });
}

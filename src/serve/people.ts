import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { UserError } from '../errors.ts';
import { parseUser } from './credentials/caller.ts';

/** A person whom the search page of an open server offers to search as. */
export interface Person {
  readonly name: string;
  readonly title: string;
  /** As in the header Act-As: `username:ada%40acme.example`. */
  readonly user: string;
}

const peopleSchema = z.array(
  z.strictObject({
    name: z.string(),
    title: z.string(),
    user: z.string().refine((text) => parseUser(text) !== null),
  }),
);

/** Reads a file with a list of people. Throws a `UserError`. */
export async function readPeople(file: string): Promise<readonly Person[]> {
  try {
    return peopleSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    throw new UserError(
      `${file} is not a list of people: write [{ "name": "…", "title": "…", "user": "username:…" }] as JSON.`,
    );
  }
}

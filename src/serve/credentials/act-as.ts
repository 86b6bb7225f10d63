import type { UserReference } from '../../index/port/reader.ts';
import { RequestProblem } from '../problem.ts';
import { NAME_KINDS, parseUser } from './caller.ts';

/** The header that names the user for whom a back end asks. */
export const ACT_AS = 'act-as';

const FORM = `Write it as one of ${Object.keys(NAME_KINDS).join(', ')}, a colon and the percent-encoded name, like username:ada%40acme.example.`;

/** A server that gets a header twice joins both values. */
const TWO = /,\s*(?:id|username|federation_id|email):/u;

/** Reads the header. Null: there is none. Throws a `RequestProblem` for any other form. */
export function readActAs(header: string | undefined): UserReference | null {
  if (header === undefined) return null;
  if (TWO.test(header)) throw new RequestProblem('two_users', 'The header Act-As names two users. Send it once.');
  const user = parseUser(header.trim());
  const name = user === null ? null : decoded(user.name);
  if (user === null || name === null)
    throw new RequestProblem('bad_request', `The header Act-As cannot be read. ${FORM}`);
  return { ...user, name };
}

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

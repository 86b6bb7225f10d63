import { existsSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { UserError } from '../../errors.ts';
import { createToken, readTokens, type TokenEntry, tokensSchema } from './service-tokens.ts';

/**
 * Adds a service token to the file, which only its owner may read, and returns the token. Creates a missing file.
 *
 * @throws UserError if the file is wrong, or has a token with that name
 */
export async function addToken(file: string, entry: Omit<TokenEntry, 'sha256'>): Promise<string> {
  const tokens = existsSync(file) ? await readTokens(file) : [];
  if (tokens.some(({ name }) => name === entry.name))
    throw new UserError(`${file} has a token named '${entry.name}': choose another name, or delete its entry.`);
  const { token, sha256 } = createToken();
  const parsed = tokensSchema.safeParse({ tokens: [...tokens, { ...entry, sha256 }] });
  if (!parsed.success) throw new UserError(`The token was not made: ${problem(parsed.error.issues)}.`);
  const next = `${file}.${process.pid}`;
  await writeFile(next, `${JSON.stringify(parsed.data, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
  await rename(next, file);
  return token;
}

function problem(issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[]): string {
  const [issue] = issues;
  return issue === undefined ? 'it has another form' : `${String(issue.path[2])}: ${issue.message}`;
}

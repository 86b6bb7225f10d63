import { existsSync } from 'node:fs';
import { chmod, chown, open, realpath, rename, rm, stat } from 'node:fs/promises';
import { UserError } from '../../errors.ts';
import { createToken, readTokens, type TokenEntry, tokensSchema } from './service-tokens.ts';

/**
 * Adds a service token to the file, and returns the token. Creates a missing file for its owner only; another one keeps
 * its owner and rights.
 *
 * @throws UserError if the file is wrong or cannot be written, or has a token with that name
 */
export async function addToken(file: string, entry: Omit<TokenEntry, 'sha256'>): Promise<string> {
  const target = existsSync(file) ? await realpath(file) : file;
  const next = `${target}.new`;
  // Only one process at a time has it.
  const written = await open(next, 'wx', 0o600).catch((error: NodeJS.ErrnoException) => {
    throw new UserError(
      error.code === 'EEXIST'
        ? `Another \`token create\` is writing ${target}, or was interrupted: try again, or delete ${next}.`
        : `${next} cannot be written (${error.code}): correct serve.tokens_file or the rights of its folder.`,
    );
  });
  try {
    const { token, text } = await added(target, entry);
    await written.writeFile(text);
    await written.close();
    if (existsSync(target)) await keepRights(target, next);
    await rename(next, target);
    return token;
  } catch (error) {
    await written.close();
    await rm(next, { force: true });
    throw error;
  }
}

async function added(file: string, entry: Omit<TokenEntry, 'sha256'>): Promise<{ token: string; text: string }> {
  const tokens = existsSync(file) ? await readTokens(file) : [];
  if (tokens.some(({ name }) => name === entry.name))
    throw new UserError(`${file} has a token named '${entry.name}': choose another name, or delete its entry.`);
  const { token, sha256 } = createToken();
  const parsed = tokensSchema.safeParse({ tokens: [...tokens, { ...entry, sha256 }] });
  if (!parsed.success) throw new UserError(`The token was not made: ${problem(parsed.error.issues)}.`);
  return { token, text: `${JSON.stringify(parsed.data, null, 2)}\n` };
}

/** The server must still be able to read the file, also if another user runs this. */
async function keepRights(from: string, to: string): Promise<void> {
  const { mode, uid, gid } = await stat(from);
  await chown(to, uid, gid).catch(() => {});
  await chmod(to, mode & 0o777);
}

function problem(issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[]): string {
  const [issue] = issues;
  return issue === undefined ? 'it has another form' : `${String(issue.path[2])}: ${issue.message}`;
}

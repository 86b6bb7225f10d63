import { readFile, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { UserError } from '../errors.ts';

/** The config file that names another file. */
export interface NamingFile {
  readonly file: string;
  /** A person or a program named the config file; false: `.data/last` named it, which may have come with the folder. */
  readonly isNamed: boolean;
}

/**
 * Whether users can read a file who do not need to. If the file belongs to another user, its group may read it:
 * Kubernetes gives secrets to a group, and this process reads them through it. Windows has no such modes.
 */
export async function isOpenToOthers(path: string): Promise<boolean> {
  const { mode, uid } = await stat(path);
  const unneeded = uid === process.geteuid?.() ? 0o077 : 0o007;
  return process.platform !== 'win32' && (mode & unneeded) !== 0;
}

/**
 * Checks that a file with a secret or a key may be read: a config file that came with the folder could name any of this
 * user's files.
 *
 * @throws UserError
 */
export function checkNamed({ file, isNamed }: NamingFile, key: string): void {
  if (isNamed) return;
  throw new UserError(
    `${file}, from .data/last, sets ${key}, which is read only from a config file given by --config: pass --config ${file} if you trust it.`,
    'config_file_not_named',
  );
}

/**
 * Reads a file that holds one secret and nothing else.
 *
 * @param key the key of the config file that has the path
 * @param secret what the file holds, in the words of the one who wrote it
 * @throws UserError saying what is wrong, never with the secret
 */
export async function readSecretFile(
  by: NamingFile,
  { path, key, secret }: { readonly path: string; readonly key: string; readonly secret: string },
): Promise<string> {
  checkNamed(by, key);
  const text = await readFile(resolve(dirname(by.file), path), 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new UserError(
      `${by.file}: ${key}: the file cannot be read (${error.code}): correct the path or the file's permissions.`,
      'secret_file_unreadable',
    );
  });
  const alone = text.trim();
  const problem = alone === '' ? 'is empty' : /[\r\n]/.test(alone) ? 'has more than one line' : null;
  if (problem === null) return alone;
  throw new UserError(
    `${by.file}: ${key}: the file ${problem}: write only the ${secret} into it.`,
    'secret_file_malformed',
  );
}

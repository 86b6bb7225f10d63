import { open } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { UserError } from './user-error.ts';

/** The file that names the config of the last `npm start` in this folder. */
export const lastFile = (dataDir = '.data'): string => join(dataDir, 'last');

/** Somebody else can write it: group or others. */
const OPEN_TO_OTHERS = 0o022;

/**
 * The config file that `.data/last` names, and its text. Both files, and the folders that they lie in, must belong to the
 * current user and be closed to the writing of others: who writes them decides which org and which Temporal server
 * this user's commands speak to.
 *
 * @throws UserError where nothing was started in this folder, or one of the four may be somebody else's
 */
export async function readLastConfig(): Promise<{ readonly file: string; readonly text: string }> {
  const named = await readOwn(lastFile(), null);
  if (named === null)
    throw new UserError(
      'No --config given, and nothing was started here yet: give --config <file>, or run `npm start` first.',
    );
  const file = resolve(named.trim());
  const text = await readOwn(file, file);
  if (text === null)
    throw new UserError(
      `${lastFile()} names ${file}, which cannot be read: give --config <file>, or run \`npm start\` again.`,
    );
  return { file, text };
}

/** The text of a file that is surely this user's own; null: it is not there, or cannot be read. */
async function readOwn(path: string, config: string | null): Promise<string | null> {
  const folder = await opened(dirname(path));
  const file = await opened(path);
  try {
    if (folder === null || file === null) return null;
    for (const [what, handle] of [
      [dirname(path), folder],
      [path, file],
    ] as const) {
      const problem = strangerIn(await handle.stat());
      if (problem !== null) throw notBelieved(resolve(what), problem, config);
    }
    return await file.readFile('utf8');
  } finally {
    await folder?.close();
    await file?.close();
  }
}

function opened(path: string) {
  return open(path).catch(() => null);
}

/** Why somebody else may have written it; null: only the current user can have. */
function strangerIn({ uid, mode }: { readonly uid: number; readonly mode: number }): string | null {
  const me = process.geteuid?.();
  // Windows has neither owners nor modes of this kind.
  if (me === undefined) return null;
  if (uid !== me) return `belongs to another user (uid ${uid})`;
  return (mode & OPEN_TO_OTHERS) === 0 ? null : 'can be written by other users';
}

function notBelieved(path: string, problem: string, config: string | null): UserError {
  return new UserError(
    `${path} ${problem}, so ${config === null ? 'the config that .data/last names' : 'this config'} is not used by itself: give --config ${config ?? '<file>'} if you trust it, or close the path to others (chmod go-w) if it is yours.`,
  );
}

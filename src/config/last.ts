import { open } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { UserError } from '../errors.ts';

/** The folder for the state of all connections, unless the config file names another one. */
export const DATA_DIR = '.data';

/** The file that names the config of the last `npm start` in this folder. */
export const lastFile = (dataDir = DATA_DIR): string => join(dataDir, 'last');

/** Group or others can write. */
const OPEN_TO_OTHERS = 0o022;

/**
 * The config file that `.data/last` names, and its text. Both files and their folders must belong to the current user,
 * and nobody else may be able to write them: they decide which org and which Temporal server this user's commands talk
 * to.
 *
 * @throws UserError if nothing was started in this folder, or if somebody else may have written one of the four
 */
export async function readLastConfig(): Promise<{ readonly file: string; readonly text: string }> {
  const named = await readOwn(lastFile(), null);
  if (named === null)
    throw new UserError(
      'No --config was given, and nothing has been started here yet: pass --config <file>, or run `npm start` first.',
    );
  const file = resolve(named.trim());
  const text = await readOwn(file, file);
  if (text === null)
    throw new UserError(
      `${lastFile()} names ${file}, which cannot be read: pass --config <file>, or run \`npm start\` again.`,
    );
  return { file, text };
}

/** The text of a file that only this user can have written; null: it is missing or unreadable. */
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

/** Why somebody else may have written it; null: nobody else can. */
function strangerIn({ uid, mode }: { readonly uid: number; readonly mode: number }): string | null {
  const me = process.geteuid?.();
  // Windows has neither owners nor modes of this kind.
  if (me === undefined) return null;
  if (uid !== me) return `belongs to another user (uid ${uid})`;
  return (mode & OPEN_TO_OTHERS) === 0 ? null : 'can be written by other users';
}

function notBelieved(path: string, problem: string, config: string | null): UserError {
  return new UserError(
    `${path} ${problem}, so ${config === null ? 'the config in .data/last' : 'this config'} is not used without --config: pass --config ${config ?? '<file>'} if you trust it. If the path is yours, stop others from writing to it (chmod go-w).`,
  );
}

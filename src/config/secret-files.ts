import { stat } from 'node:fs/promises';

/**
 * Whether users can read a file who do not need to. If the file belongs to another user, its group may read it:
 * Kubernetes gives secrets to a group, and this process reads them through it. Windows has no such modes.
 */
export async function isOpenToOthers(path: string): Promise<boolean> {
  const { mode, uid } = await stat(path);
  const unneeded = uid === process.geteuid?.() ? 0o077 : 0o007;
  return process.platform !== 'win32' && (mode & unneeded) !== 0;
}

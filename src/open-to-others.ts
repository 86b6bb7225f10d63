import { stat } from 'node:fs/promises';

/**
 * Whether users can read a file who need not. The group may read a file of another user, for this process reads it so, too:
 * Kubernetes gives secrets to a group. Windows has no modes of this kind.
 */
export async function isOpenToOthers(path: string): Promise<boolean> {
  const { mode, uid } = await stat(path);
  const unneeded = uid === process.geteuid?.() ? 0o077 : 0o007;
  return process.platform !== 'win32' && (mode & unneeded) !== 0;
}

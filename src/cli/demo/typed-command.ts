import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { packageRoot } from '../../package-root.ts';

/** What a person types in this folder to run the program, whether PATH names it or not. No package registry is asked. */
export function typedCommand(folder = process.cwd(), root = packageRoot()): string {
  const installed = join(root, '..', '.bin', 'salesforce-connector');
  const program = existsSync(installed) ? installed : join(root, 'bin', 'salesforce-connector');
  const path = relative(folder, program);
  return path.startsWith('..') ? program : path;
}

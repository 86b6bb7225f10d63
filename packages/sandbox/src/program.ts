import { fileURLToPath } from 'node:url';

/** Arguments of node that run a command of this package. The program is beside `src` and `dist`. */
export function programOf(command: 'serve' | 'generate'): readonly [program: string, command: string] {
  return [fileURLToPath(new URL('../bin/sandbox-org.js', import.meta.url)), command];
}

import { relative } from 'node:path';
import type { Config } from '../config/load.ts';
import { isOpenToOthers } from '../config/secret-files.ts';

/**
 * Loads the config of a command. Notes on stderr if nobody named the file, so that the last `npm start`'s is used.
 * Warns if the file has a secret that other users can read.
 */
export async function configured(file: string | undefined): Promise<Config> {
  const { loadConfig } = await import('../config/load.ts');
  const config = await loadConfig(file);
  if (file === undefined) {
    const path = relative('', config.file).replace(/\p{C}/gu, '?');
    process.stderr.write(`Config: ${path}, from the last \`npm start\`; use --config for another.\n`);
  }
  if (config.holdsSecret && (await isOpenToOthers(config.file))) {
    const path = config.file.replace(/\p{C}/gu, '?');
    process.stderr.write(
      `Warning: ${path} holds client_secret, and other users of this machine can read it: restrict it (chmod 600), or use client_secret_file.\n`,
    );
  }
  return config;
}

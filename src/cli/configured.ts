import { relative } from 'node:path';
import type { Config } from '../config.ts';
import { isOpenToOthers } from '../open-to-others.ts';

/**
 * The config that a command works with. stderr tells of one that nobody named, that of the last `npm start`, and of a secret
 * that others can read.
 */
export async function configured(file: string | undefined): Promise<Config> {
  const { loadConfig } = await import('../config.ts');
  const config = await loadConfig(file);
  if (file === undefined) {
    const path = relative('', config.file).replace(/\p{C}/gu, '?');
    process.stderr.write(`Config: ${path}, of the last \`npm start\`; --config names another.\n`);
  }
  if (config.holdsSecret && (await isOpenToOthers(config.file))) {
    const path = config.file.replace(/\p{C}/gu, '?');
    process.stderr.write(
      `Warning: ${path} holds client_secret, and other users of this machine can read it: close it to them (chmod 600), or use client_secret_file.\n`,
    );
  }
  return config;
}

#!/usr/bin/env node
import { existsSync } from 'node:fs';

const main = new URL('../dist/command/main.js', import.meta.url);
if (existsSync(main)) {
  await import(main.href);
} else {
  process.stderr.write('sandbox-org is not built: run `npm ci` in the folder of the repository first.\n');
  process.exitCode = 1;
}

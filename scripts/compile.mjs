// What the two builds share: compiling a project, and noting when it was done.
import { spawnSync } from 'node:child_process';
import { readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { root } from './prepare.mjs';

/** The workflows, bundled: not the compiler's, but in its folder. */
export const BUNDLE = 'workflow-bundle.js';

/**
 * Compiles the project of a tsconfig file to a folder. Ends the process if it has errors. Removes what the compiler did
 * not write: the output of a source that has moved or is gone would otherwise be shipped.
 */
export function compile(project, folder) {
  const tsc = createRequire(import.meta.url)
    .resolve('typescript/package.json')
    .replace(/package\.json$/, 'bin/tsc');
  const { status, stdout } = spawnSync(process.execPath, [tsc, '-p', project, '--listEmittedFiles'], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: 100 * 1024 * 1024,
  });
  const lines = stdout.split('\n');
  const isWritten = (line) => line.startsWith('TSFILE: ');
  process.stdout.write(lines.filter((line) => !isWritten(line)).join('\n'));
  // The compiler has reported what is wrong.
  if (status !== 0) process.exit(1);
  const written = new Set(lines.filter(isWritten).map((line) => resolve(root, line.slice('TSFILE: '.length).trim())));
  for (const name of readdirSync(join(root, folder), { recursive: true })) {
    const path = join(root, folder, name);
    if (/\.(?:js|d\.ts|js\.map)$/.test(name) && name !== BUNDLE && !written.has(path)) rmSync(path);
  }
}

/** Dates a build with its start, so that a source saved during it is newer. */
export function stamp(path, begun) {
  writeFileSync(join(root, path), '');
  utimesSync(join(root, path), begun, begun);
}

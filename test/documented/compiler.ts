import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const STRICT = { module: 'NodeNext', types: [], strict: true, noEmit: true };

/** What the TypeScript compiler reports about a text in a project, under its strictest rules. Empty: nothing. */
export function compilerSays(project: string, text: string, options: Readonly<Record<string, unknown>>): string {
  writeFileSync(join(project, 'checked.ts'), text);
  const config = { compilerOptions: { ...STRICT, ...options }, files: ['checked.ts'] };
  writeFileSync(join(project, 'tsconfig.json'), JSON.stringify(config));
  const tsc = createRequire(import.meta.url)
    .resolve('typescript/package.json')
    .replace(/package\.json$/, 'bin/tsc');
  try {
    return execFileSync(process.execPath, [tsc, '-p', project], { encoding: 'utf8' });
  } catch (error) {
    return String(Reflect.get(error as Error, 'stdout'));
  }
}

import { join, relative, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { packageRoot } from '../process/package-root.ts';

/**
 * Returns the compiled file beside a module: a thread cannot run TypeScript.
 *
 * @param name the file's name, without its ending
 * @param module the module's `import.meta.url`. If it runs from source (in tests), the file of the last build is meant.
 */
export function compiledFile(name: string, module: string): URL {
  const beside = new URL(`./${name}.js`, module);
  if (module.endsWith('.js')) return beside;
  const root = packageRoot();
  return pathToFileURL(join(root, 'dist', relative(root, fileURLToPath(beside)).split(sep).join('/')));
}

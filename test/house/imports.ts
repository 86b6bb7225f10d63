import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { packageRoot } from '../../src/package-root.ts';

/** One import of a file: what it names, and how. */
export interface Import {
  readonly from: string;
  readonly specifier: string;
  /** Gone after compilation. */
  readonly isType: boolean;
  readonly isDynamic: boolean;
}

const STATIC = /^\s*(?:import|export)\s+(type\s)?(?:[\w*{][^'";]*?\sfrom\s*)?['"]([^'"]+)['"]/gm;
const DYNAMIC = /\bimport\(\s*['"]([^'"]+)['"]\s*\)/g;

/** The imports of a source text, re-exports included; relative ones as paths from the package's root. */
export function importsOf(file: string, text: string): Import[] {
  const resolved = (specifier: string) => (specifier.startsWith('.') ? join(dirname(file), specifier) : specifier);
  return [
    ...[...text.matchAll(STATIC)].map(([, type, specifier = '']) => ({
      from: file,
      specifier: resolved(specifier),
      isType: type !== undefined,
      isDynamic: false,
    })),
    ...[...text.matchAll(DYNAMIC)].map(([, specifier = '']) => ({
      from: file,
      specifier: resolved(specifier),
      isType: false,
      isDynamic: true,
    })),
  ];
}

/** Text of every TypeScript file below the folders, by its path from the package's root. */
export function sources(...folders: string[]): Map<string, string> {
  const root = packageRoot();
  const files = new Map<string, string>();
  const walk = (folder: string): void => {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) walk(path);
      else if (entry.name.endsWith('.ts')) files.set(relative('', path), readFileSync(join(root, path), 'utf8'));
    }
  };
  folders.forEach(walk);
  return files;
}

/**
 * Every import of what runs when the entry does: of the entry and of all that it reaches by imports that are left after
 * compilation. With `dynamic`, by `import()` too.
 */
export function reached(
  entry: string,
  files: ReadonlyMap<string, string>,
  { dynamic }: { dynamic: boolean },
): Import[] {
  const seen = new Set<string>([entry]);
  const found: Import[] = [];
  for (const file of seen) {
    const text = files.get(file);
    if (text === undefined) throw new Error(`${file} is imported, and is not among the sources`);
    for (const imported of importsOf(file, text)) {
      if (imported.isType || (imported.isDynamic && !dynamic)) continue;
      found.push(imported);
      if (imported.specifier.endsWith('.ts')) seen.add(imported.specifier);
    }
  }
  return found;
}

/** The files of the folders that reach themselves by imports, those of types among them. */
export function circles(files: ReadonlyMap<string, string>, folders: readonly string[]): string[] {
  const next = new Map([...files].map(([file, text]) => [file, importsOf(file, text).map((one) => one.specifier)]));
  const reachesItself = (file: string): boolean => {
    const seen = new Set(next.get(file));
    for (const one of seen) for (const further of next.get(one) ?? []) seen.add(further);
    return seen.has(file);
  };
  return [...files.keys()].filter(
    (file) => folders.some((folder) => file.startsWith(`${folder}/`)) && reachesItself(file),
  );
}

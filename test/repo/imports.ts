import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { parseSync, Visitor } from 'oxc-parser';
import { packageRoot } from '../../src/process/package-root.ts';

/** One import of a file: what it names, and how. */
export interface Import {
  readonly from: string;
  readonly specifier: string;
  /** Removed by compilation. */
  readonly isType: boolean;
  /** Inside an expression or a type: `import('./open.ts')`. */
  readonly isDynamic: boolean;
}

const parsed = new Map<string, readonly Import[]>();

/** The imports of a source text, re-exports included; relative ones as paths from the package's root. */
export function importsOf(file: string, text: string): readonly Import[] {
  const key = `${file}\n${text}`;
  const known = parsed.get(key);
  if (known !== undefined) return known;
  const { program, errors } = parseSync(file, text);
  if (errors.length > 0) throw new Error(`${file} cannot be parsed: ${errors[0]?.message}`);
  const found: Import[] = [];
  const note = (source: unknown, kind: Pick<Import, 'isType' | 'isDynamic'>): void => {
    const specifier = typeof source === 'string' ? source : '';
    const resolved = specifier.startsWith('.') ? join(dirname(file), specifier) : specifier;
    found.push({ from: file, specifier: resolved, ...kind });
  };
  const declared = (source: unknown, kind: string | undefined) =>
    note(source, { isType: kind === 'type', isDynamic: false });
  new Visitor({
    ImportDeclaration: ({ source, importKind }) => declared(source.value, importKind),
    ExportNamedDeclaration: ({ source, exportKind }) => source !== null && declared(source.value, exportKind),
    ExportAllDeclaration: ({ source, exportKind }) => declared(source.value, exportKind),
    // A name that is computed: the empty one, which no rule allows.
    ImportExpression: ({ source }) =>
      note(source.type === 'Literal' ? source.value : '', { isType: false, isDynamic: true }),
    TSImportType: ({ source }) => note(source.value, { isType: true, isDynamic: true }),
  }).visit(program);
  parsed.set(key, found);
  return found;
}

/** The text of every TypeScript file below the folders, by its path from the package's root. */
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
 * Every import that runs when the entry runs: of the entry, and of everything that it reaches through imports that
 * remain after compilation. With `dynamic`, also through `import()`.
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
    if (text === undefined) throw new Error(`${file} is imported, but is not among the sources`);
    for (const imported of importsOf(file, text)) {
      if (imported.isType || (imported.isDynamic && !dynamic)) continue;
      found.push(imported);
      if (imported.specifier.endsWith('.ts')) seen.add(imported.specifier);
    }
  }
  return found;
}

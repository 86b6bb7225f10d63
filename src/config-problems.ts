import { isMap, LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { nearNames } from './near-names.ts';
import { UserError } from './user-error.ts';

/** A config file whose values are not allowed: a line for each. */
export class BadConfigError extends UserError {
  override name = 'BadConfigError';
  readonly file: string;
  /** The keys with bad values; `index.path` for nested ones. */
  readonly keys: readonly string[];

  constructor(file: string, keys: readonly string[], lines: readonly string[]) {
    super(lines.join('\n'));
    this.file = file;
    this.keys = keys;
  }
}

/** Keys whose values are never repeated to anybody. */
const SECRET = /secret|password|token|client_id/i;

/**
 * The YAML text as plain data.
 *
 * @throws UserError with file, line and key; never with the text itself, which may be a secret
 */
export function parseYaml(text: string, file: string): unknown {
  const lines = new LineCounter();
  const document = parseDocument(text, { prettyErrors: false, lineCounter: lines });
  const error = document.errors[0];
  if (error) {
    const { line } = lines.linePos(error.pos[0]);
    const source = text.split('\n')[line - 1] ?? '';
    const key = /^\s*([\w-]+)\s*:/.exec(source)?.[1];
    throw new UserError(`${file}, line ${line}${key ? `, ${key}` : ''}: ${yamlHint(error.code, source)}`);
  }
  if (!isMap(document.contents))
    throw new UserError(`${file} holds no keys: write one \`key: value\` a line, at least base_url.`);
  try {
    return document.toJS({ maxAliasCount: 0 });
  } catch {
    const line = text.split('\n').findIndex((source) => /:\s*\*/.test(source));
    const key = /^\s*([\w-]+)\s*:/.exec(text.split('\n')[line] ?? '')?.[1] ?? 'a key';
    throw new UserError(`${file}, line ${line + 1}, ${key}: ${STAR}`);
  }
}

const STAR = 'a value that begins with * must stand in quotes, like "*/10 * * * *"';

function yamlHint(code: string, source: string): string {
  if (/:\s*\*/.test(source)) return STAR;
  if (/:\s*[@%&!`|>{[]/.test(source)) return `this is not valid YAML (${code}): put the value in quotes`;
  return code === 'DUPLICATE_KEY' ? 'this key stands twice: keep one' : `this is not valid YAML (${code})`;
}

/** What zod found, as lines for the user: file, key, the value as it stands, and what is allowed there. */
export function problemLines(
  issues: readonly z.core.$ZodIssue[],
  content: unknown,
  file: string,
  known: readonly string[],
): string[] {
  const told = new Set<string>();
  const lines = issues.flatMap((issue) => {
    const key = issue.path.join('.');
    // The first thing that is wrong with a value is what to mend.
    if (issue.code !== 'unrecognized_keys' && told.size === told.add(key).size) return [];
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((name) => `${file}: ${unknownKey(key ? `${key}.${name}` : name, known)}`);
    }
    const value = valueAt(content, issue.path);
    if (value === undefined) return [`${file}: ${key} is missing: ${issue.message}.`];
    const shown = SECRET.test(key) ? 'the value there' : display(value);
    const clause = issue.code === 'custom' && issue.params?.clause === true;
    return [`${file}: ${key}: ${shown} ${clause ? '' : 'is not allowed: '}${issue.message.replace(/\.$/, '')}.`];
  });
  return lines;
}

function unknownKey(key: string, known: readonly string[]): string {
  const [near] = nearNames(key, known);
  // Those below its own parent: the whole list would be a page long.
  const parent = key.slice(0, key.lastIndexOf('.') + 1);
  const there = known.filter((name) => name.startsWith(parent) && !name.slice(parent.length).includes('.'));
  const guess =
    near === undefined ? `the keys are ${(there.length > 0 ? there : known).join(', ')}.` : `did you mean ${near}?`;
  return `${key} is not a key: ${guess}`;
}

function valueAt(content: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (at, key) => (typeof at === 'object' && at !== null ? Reflect.get(at, key) : undefined),
    content,
  );
}

function display(value: unknown): string {
  const shown = JSON.stringify(value) ?? String(value);
  const masked = shown.replace(/\/\/[^/@"]*@/, '//…@');
  return masked.length > 60 ? `${masked.slice(0, 57)}…` : masked;
}

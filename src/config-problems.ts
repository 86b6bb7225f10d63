import type { z } from 'zod';
import type { WrittenConfig } from './config-yaml.ts';
import { editDistance, nearNames } from './near-names.ts';
import type { Flow } from './salesforce/credentials.ts';
import { UserError } from './user-error.ts';

/** A config file whose values are not allowed: a line for each. */
export class BadConfigError extends UserError {
  override name = 'BadConfigError';
  readonly file: string;
  /** The keys with bad values; `index.path` for nested ones. */
  readonly keys: readonly string[];
  /** The way to sign in that the file asks for. */
  readonly auth: Flow;

  constructor(file: string, { keys, auth }: Pick<BadConfigError, 'keys' | 'auth'>, lines: readonly string[]) {
    super(lines.join('\n'), 'config_invalid');
    this.file = file;
    this.keys = keys;
    this.auth = auth;
  }
}

/** What zod found, as lines for the user: file, line, key, and what is allowed there. The value is not repeated. */
export function problemLines(
  issues: readonly z.core.$ZodIssue[],
  { content, lineOf }: WrittenConfig,
  file: string,
  known: readonly string[],
): string[] {
  const told = new Set<string>();
  const at = (path: readonly PropertyKey[]) => {
    const line = lineOf(path);
    return line === null ? file : `${file}, line ${line}`;
  };
  return issues.flatMap((issue) => {
    const key = issue.path.join('.');
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map(
        (name) => `${at([...issue.path, name])}: ${unknownKey(key ? `${key}.${name}` : name, known)}`,
      );
    // The first thing that is wrong with a value is what to mend.
    if (told.size === told.add(key).size) return [];
    const value = valueAt(content, issue.path);
    if (value === undefined) return [`${file}: ${key} is missing: ${issue.message}.`];
    const clause = issue.code === 'custom' && issue.params?.clause === true;
    return [
      `${at(issue.path)}, ${key}: ${kindOf(value)} ${clause ? '' : 'is not allowed: '}${issue.message.replace(/\.$/, '')}.`,
    ];
  });
}

/** The most letters in which a mistyped key may differ from the key that was meant. */
const MISTYPED = 2;

/** A key is named only where it is so near to a good one that it can be nothing else: a secret may stand in its place. */
function unknownKey(key: string, known: readonly string[]): string {
  const [near] = nearNames(key, known);
  // Those below its own parent: the whole list would be a page long.
  const parent = key.slice(0, key.lastIndexOf('.') + 1);
  const there = known.filter((name) => name.startsWith(parent) && !name.slice(parent.length).includes('.'));
  const guess =
    near === undefined ? `the keys are ${(there.length > 0 ? there : known).join(', ')}.` : `did you mean ${near}?`;
  const isMistyped = near !== undefined && editDistance(key, near) <= MISTYPED;
  return `${isMistyped ? `${key} is not a key` : 'what stands there is not a key'}: ${guess}`;
}

function valueAt(content: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (at, key) => (typeof at === 'object' && at !== null ? Reflect.get(at, key) : undefined),
    content,
  );
}

/** What a person sees there, without what it says. */
function kindOf(value: unknown): string {
  if (value === null || value === '') return 'the empty value there';
  if (Array.isArray(value)) return 'the list there';
  if (typeof value === 'object') return 'the keys there';
  return typeof value === 'string'
    ? 'the text there'
    : typeof value === 'number'
      ? 'the number there'
      : 'the value there';
}

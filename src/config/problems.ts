import type { z } from 'zod';
import { UserError } from '../errors.ts';
import { editDistance, suggestNames } from '../lib/did-you-mean.ts';
import type { Flow } from '../salesforce/credentials.ts';
import type { WrittenConfig } from './yaml.ts';

/** A config file with values that are not allowed. The message has a line for each. */
export class BadConfigError extends UserError {
  override name = 'BadConfigError';
  readonly file: string;
  /** The keys with bad values; `index.path` for nested ones. */
  readonly keys: readonly string[];
  /** How the file wants to sign in. */
  readonly auth: Flow;

  constructor(file: string, { keys, auth }: Pick<BadConfigError, 'keys' | 'auth'>, lines: readonly string[]) {
    super(lines.join('\n'), 'config_invalid');
    this.file = file;
    this.keys = keys;
    this.auth = auth;
  }
}

/** zod's issues as lines for the user: file, line, key, and what is allowed. They never repeat a value. */
export function problemLines(
  issues: readonly z.core.$ZodIssue[],
  { content, lineOf }: WrittenConfig,
  file: string,
  known: readonly string[],
): string[] {
  const reported = new Set<string>();
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
    // Only the first issue of a value is reported.
    if (reported.size === reported.add(key).size) return [];
    const value = valueAt(content, issue.path);
    if (value === undefined) return [`${file}: ${key} is missing: ${issue.message}.`];
    const clause = issue.code === 'custom' && issue.params?.clause === true;
    const verb = isKeys(value) ? 'are' : 'is';
    return [
      `${at(issue.path)}, ${key}: ${kindOf(value)} ${clause ? '' : `${verb} not allowed: `}${issue.message.replace(/\.$/, '')}.`,
    ];
  });
}

/** By how many letters a mistyped key may differ from the right one. */
const MISTYPED = 2;

/** Repeats a wrong key only if it must be a mistyped one: it may be a secret. */
function unknownKey(key: string, known: readonly string[]): string {
  const [near] = suggestNames(key, known);
  // Only the keys of its parent: the whole list would fill a page.
  const parent = key.slice(0, key.lastIndexOf('.') + 1);
  const there = known.filter((name) => name.startsWith(parent) && !name.slice(parent.length).includes('.'));
  const guess =
    near === undefined ? `the keys are ${(there.length > 0 ? there : known).join(', ')}.` : `did you mean ${near}?`;
  const isMistyped = near !== undefined && editDistance(key, near) <= MISTYPED;
  return `${isMistyped ? key : 'this'} is not a known key: ${guess}`;
}

function valueAt(content: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (at, key) => (typeof at === 'object' && at !== null ? Reflect.get(at, key) : undefined),
    content,
  );
}

function isKeys(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The kind of value that a person sees there, without the value. */
function kindOf(value: unknown): string {
  if (value === null || value === '') return 'the empty value there';
  if (Array.isArray(value)) return 'the list there';
  if (isKeys(value)) return 'the keys there';
  return typeof value === 'string'
    ? 'the text there'
    : typeof value === 'number'
      ? 'the number there'
      : 'the value there';
}

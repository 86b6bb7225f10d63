import { isIsoTime } from '../src/lib/time.ts';

/** A check of a message's content. Pure and without a library, because forms run inside workflows. */
export type Form<Value> = (given: unknown) => given is Value;

export type Forms = Readonly<Record<string, Form<unknown>>>;
/** A form for every field of a type. The compiler ensures that none is missing. */
export type FormsOf<Type> = { readonly [Key in keyof Type]: Form<Type[Key]> };
type ValueOf<F> = F extends Form<infer Value> ? Value : never;
type ObjectOf<Needed extends Forms, Optional extends Forms> = {
  readonly [Key in keyof Needed]: ValueOf<Needed[Key]>;
} & { readonly [Key in keyof Optional]?: ValueOf<Optional[Key]> };

/** Accepts a text of at most `most` characters. */
export function text(most: number): Form<string> {
  return (given): given is string => typeof given === 'string' && given.length <= most;
}

/** Accepts a whole number from `least` to `most`, by default up to what arithmetic can represent exactly. */
export function whole(least: number, most: number = Number.MAX_SAFE_INTEGER): Form<number> {
  return (given): given is number =>
    Number.isSafeInteger(given) && (given as number) >= least && (given as number) <= most;
}

/** Accepts a number from `least` to `most`. */
export function between(least: number, most: number): Form<number> {
  return (given): given is number => typeof given === 'number' && given >= least && given <= most;
}

export function matching(isGood: (text: string) => boolean): Form<string> {
  return (given): given is string => typeof given === 'string' && isGood(given);
}

/** Accepts a time as `toISOString` writes it. */
export const time: Form<string> = matching(isIsoTime);

export const flag: Form<boolean> = (given): given is boolean => typeof given === 'boolean';

export function oneOf<Value extends string>(values: readonly Value[]): Form<Value> {
  return (given): given is Value => values.includes(given as Value);
}

export function orNull<Value>(form: Form<Value>): Form<Value | null> {
  return (given): given is Value | null => given === null || form(given);
}

export function list<Value>(form: Form<Value>, most: number): Form<readonly Value[]> {
  return (given): given is readonly Value[] => Array.isArray(given) && given.length <= most && given.every(form);
}

/** Accepts an object with values under some of the keys. */
export function byKey<Key extends string, Value>(
  keys: readonly Key[],
  form: Form<Value>,
): Form<Readonly<Partial<Record<Key, Value>>>> {
  return (given): given is Readonly<Partial<Record<Key, Value>>> =>
    isObject(given) && Object.entries(given).every(([key, value]) => keys.includes(key as Key) && form(value));
}

/** Accepts any object, and checks none of its fields. */
export function anyObject<Value extends object>(): Form<Value> {
  return (given): given is Value => isObject(given);
}

/** Accepts an object with all the needed fields, and any of the optional ones. Other fields do no harm. */
export function object<Needed extends Forms, Optional extends Forms = Record<never, never>>(
  needed: Needed,
  optional?: Optional,
): Form<ObjectOf<Needed, Optional>> {
  return (given): given is ObjectOf<Needed, Optional> => wrongField(given, needed, optional) === null;
}

/** Returns the first malformed field, needed or optional, or `it` if it is not an object. Null: none. */
export function wrongField(given: unknown, needed: Forms, optional: Forms = {}): string | null {
  if (!isObject(given)) return 'it';
  const wrong =
    Object.entries(needed).find(([key, form]) => !form(given[key])) ??
    Object.entries(optional).find(([key, form]) => given[key] !== undefined && !form(given[key]));
  return wrong?.[0] ?? null;
}

function isObject(given: unknown): given is Readonly<Record<string, unknown>> {
  return typeof given === 'object' && given !== null && !Array.isArray(given);
}

/** No value of this program is nested this deeply. Far deeper values could not be written as JSON. */
const DEEPEST = 50;

/** Reports whether a value is nested more deeply than any of this program. */
export function isDeep(given: unknown): boolean {
  let level = [given];
  for (let depth = 0; depth <= DEEPEST; depth += 1) {
    level = level.flatMap((value) => (typeof value === 'object' && value !== null ? Object.values(value) : []));
    if (level.length === 0) return false;
  }
  return true;
}

/** Accepts a value with a code and any data, of at most `most` characters as JSON. Such values are only passed on. */
export function coded<Value extends { readonly code: string }>(most = 20_000): Form<Value> {
  return tagged<Value>('code', most);
}

/** Accepts a value that is tagged under that key and has any data, of at most `most` characters as JSON. */
export function tagged<Value>(key: keyof Value & string, most: number): Form<Value> {
  return (given): given is Value => {
    if (!isObject(given)) return false;
    const tag = given[key];
    return typeof tag === 'string' && tag.length <= 100 && !isDeep(given) && JSON.stringify(given).length <= most;
  };
}

/** What a message holds is checked by forms: pure, and without a library, for they run inside workflows. */
export type Form<Value> = (given: unknown) => given is Value;

export type Forms = Readonly<Record<string, Form<unknown>>>;
/** A form for every field of a type: the compiler sees to it that none is left out. */
export type FormsOf<Type> = { readonly [Key in keyof Type]: Form<Type[Key]> };
type ValueOf<F> = F extends Form<infer Value> ? Value : never;
type ObjectOf<Needed extends Forms, Optional extends Forms> = {
  readonly [Key in keyof Needed]: ValueOf<Needed[Key]>;
} & { readonly [Key in keyof Optional]?: ValueOf<Optional[Key]> };

/** A text of at most `most` characters. */
export function text(most: number): Form<string> {
  return (given): given is string => typeof given === 'string' && given.length <= most;
}

/** A whole number from `least` on that arithmetic does not run out of. */
export function whole(least: number, most: number = Number.MAX_SAFE_INTEGER): Form<number> {
  return (given): given is number =>
    Number.isSafeInteger(given) && (given as number) >= least && (given as number) <= most;
}

/** A number between two. */
export function between(least: number, most: number): Form<number> {
  return (given): given is number => typeof given === 'number' && given >= least && given <= most;
}

export function matching(pattern: RegExp): Form<string> {
  return (given): given is string => typeof given === 'string' && pattern.test(given);
}

/** A time as `toISOString` writes it. */
export const time: Form<string> = (given): given is string =>
  typeof given === 'string' &&
  /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z$/.test(given) &&
  !Number.isNaN(Date.parse(given));

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

/** Values by some of the keys. */
export function byKey<Key extends string, Value>(
  keys: readonly Key[],
  form: Form<Value>,
): Form<Readonly<Partial<Record<Key, Value>>>> {
  return (given): given is Readonly<Partial<Record<Key, Value>>> =>
    isObject(given) && Object.entries(given).every(([key, value]) => keys.includes(key as Key) && form(value));
}

/** Any object, of whose fields nothing is checked. */
export function anyObject<Value extends object>(): Form<Value> {
  return (given): given is Value => isObject(given);
}

/** An object with the needed fields, and with those optional ones that it has; what else it has does no harm. */
export function object<Needed extends Forms, Optional extends Forms = Record<never, never>>(
  needed: Needed,
  optional?: Optional,
): Form<ObjectOf<Needed, Optional>> {
  return (given): given is ObjectOf<Needed, Optional> => wrongField(given, needed, optional) === null;
}

/** The first malformed field, needed or optional; `it` where it is no object; null: none is. */
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

/** No value of this program is nested so deep; far deeper ones could not be written as JSON. */
const DEEPEST = 50;

/** Whether a value is nested deeper than any of this program. */
export function isDeep(given: unknown): boolean {
  let level = [given];
  for (let depth = 0; depth <= DEEPEST; depth += 1) {
    level = level.flatMap((value) => (typeof value === 'object' && value !== null ? Object.values(value) : []));
    if (level.length === 0) return false;
  }
  return true;
}

/** A value with a code and any data, which is only passed on: of at most `most` characters as JSON. */
export function coded<Value extends { readonly code: string }>(most = 20_000): Form<Value> {
  return (given): given is Value =>
    isObject(given) &&
    typeof given.code === 'string' &&
    given.code.length <= 100 &&
    !isDeep(given) &&
    JSON.stringify(given).length <= most;
}

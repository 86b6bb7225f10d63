import type { z } from 'zod';
import { TransientError } from './errors.ts';

/** Shorter texts cannot contain enough objects to fill the memory, so their objects are not counted. */
const COUNTED_FROM = 4 * 2 ** 20;

/** Far more than 25 describes or five pages of 2,000 rows. An object of three characters takes 60 bytes of memory. */
const MOST_OBJECTS = 2_000_000;

/**
 * Parses JSON; undefined for text that is not JSON or is truncated. Throws `TransientError` for text that would take
 * too much memory as a value.
 */
export function parseJson(text: string): unknown {
  if (text.length >= COUNTED_FROM && hasTooManyObjects(text)) {
    throw new TransientError({
      message: `a reply has more than ${MOST_OBJECTS} objects and lists`,
      hint: 'The connector asks for fewer rows at once where it can. If this persists, check that base_url is the org itself, with no proxy that rewrites replies.',
      remedy: 'smaller-range',
    });
  }
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Also counts brackets within strings. */
function hasTooManyObjects(text: string): boolean {
  let opened = 0;
  for (let at = 0; at < text.length && opened <= MOST_OBJECTS; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 0x7b || code === 0x5b) opened += 1;
  }
  return opened > MOST_OBJECTS;
}

/** Checks a reply's shape. The error names the place in the reply, never a value. */
export function shaped<T>(schema: z.ZodType<T>, value: unknown, what: string): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw shapeError(what, parsed.error.issues[0]?.path.map(String).join('.') || 'its top level');
}

/**
 * Returns the error for an unexpected shape.
 *
 * @param place where in the reply, never a value from it
 */
export function shapeError(what: string, place: string): TransientError {
  return new TransientError({
    message: `${what} does not have the documented shape (at ${place})`,
    hint: 'The request is retried. If this persists, check that base_url is the org itself, with no proxy that rewrites replies.',
  });
}

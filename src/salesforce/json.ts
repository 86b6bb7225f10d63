import type { z } from 'zod';
import { TransientError } from './errors.ts';

/** Shorter texts cannot hold so many objects that they fill the memory: they are not counted. */
const COUNTED_FROM = 4 * 2 ** 20;

/** Far more than 25 describes or five pages of 2,000 rows have. An object of three characters takes 60 bytes of memory. */
const MOST_OBJECTS = 2_000_000;

/**
 * The value of a JSON text; undefined: it is not JSON, or only a part of it. Throws `TransientError` for one that is
 * small as a text and would fill the memory as a value.
 */
export function parseJson(text: string): unknown {
  if (text.length >= COUNTED_FROM && hasTooManyObjects(text)) {
    throw new TransientError({
      message: `a reply has more than ${MOST_OBJECTS} objects and lists`,
      hint: 'Fewer rows are asked for at once, where that is possible. If it stays so, see that base_url is the org itself, with no proxy that rewrites replies.',
      remedy: 'smaller-range',
    });
  }
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Brackets within strings count too. */
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

/** @param place where in the reply, never a value of it */
export function shapeError(what: string, place: string): TransientError {
  return new TransientError({
    message: `${what} has not the documented shape (at ${place})`,
    hint: 'The request is sent again. If it stays so, see that base_url is the org itself, with no proxy that rewrites replies.',
  });
}

import type { z } from 'zod';
import { TransientError } from './errors.ts';

/** The value of a JSON text; undefined: it is not JSON, or only a part of it. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Checks a reply's shape. The error names the place in the reply, never a value. */
export function shaped<T>(schema: z.ZodType<T>, value: unknown, what: string): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const place = parsed.error.issues[0]?.path.map(String).join('.') || 'its top level';
  throw new TransientError({
    message: `${what} has not the documented shape (at ${place})`,
    hint: 'The request is sent again. If it stays so, see that base_url is the org itself, with no proxy that rewrites replies.',
  });
}

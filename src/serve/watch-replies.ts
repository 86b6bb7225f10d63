import type { MiddlewareHandler } from 'hono';
import { matchedRoutes } from 'hono/route';

/** The label for unknown addresses. Scanners try many. */
const OTHER = 'other';

/** Calls `replied` after each reply, with the pattern of its address: `/v1/records/:id`. */
export function watchReplies(replied: (route: string, status: number) => void): MiddlewareHandler {
  return async (context, next) => {
    await next();
    const path = matchedRoutes(context).at(-1)?.path ?? '*';
    replied(path.includes('*') ? OTHER : path, context.res.status);
  };
}

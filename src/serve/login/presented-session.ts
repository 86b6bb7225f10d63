import type { Context } from 'hono';
import type { PresentedSession } from '../credentials/authenticate.ts';
import type { LoginCookies } from './cookies.ts';

/** Returns the session that a request has. Null: none. */
export function presentedSession(
  context: Context,
  { cookies, url }: { readonly cookies: LoginCookies; readonly url: string },
): PresentedSession | null {
  const token = cookies.session(context);
  return token === null ? null : { token, mayBeForged: mayBeForged(context, url) };
}

/**
 * Whether a request may change something, and a page of another site may have sent it. SameSite=Lax still
 * sends the cookie from another subdomain. Browsers send one of these headers with every request of a page.
 */
export function mayBeForged({ req }: Context, url: string): boolean {
  if (req.method === 'GET' || req.method === 'HEAD') return false;
  return req.header('origin') !== new URL(url).origin && req.header('sec-fetch-site') !== 'same-origin';
}

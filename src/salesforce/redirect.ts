import type { HttpReply } from './http.ts';

/** No org needs more; a loop ends here. */
export const MOST_HOPS = 5;

const MY_DOMAIN = /^([^.]+)\.(?:[^.]+\.)*my\.salesforce\.(?:com|mil)$/;

/**
 * Whether a URL is the same org's: a host that is known already, or, as after an org migration, one with the same My
 * Domain name. Never from https to http: the token travels along.
 */
export function isOwn(target: URL, known: readonly string[]): boolean {
  return known.some((text) => {
    const own = new URL(text);
    if (target.origin === own.origin) return true;
    if (target.protocol !== 'https:') return false;
    if (target.hostname === own.hostname) return target.port === own.port;
    const label = MY_DOMAIN.exec(own.hostname)?.[1];
    return label !== undefined && label === MY_DOMAIN.exec(target.hostname)?.[1];
  });
}

/** Where a reply sends the client to; null: it is no redirect. */
export function redirectTarget(reply: HttpReply, from: URL): URL | null {
  if (![301, 302, 307, 308].includes(reply.status)) return null;
  const location = reply.headers.location ?? '';
  return location !== '' && URL.canParse(location, from.href) ? new URL(location, from) : null;
}

import type { HttpReply } from './http.ts';

/** No org needs more redirects; a loop ends here. */
export const MOST_HOPS = 5;

const MY_DOMAIN = /^([^.]+)\.(?:[^.]+\.)*(my\.salesforce\.com|my\.salesforce\.mil|my\.sfcrmproducts\.cn)$/;

/**
 * Returns the org's name and Salesforce's domain for `acme.sandbox.my.salesforce.com`; null if it is not a My Domain
 * host.
 */
function myDomainOf({ protocol, hostname, port }: URL): string | null {
  const [, label, domain] = MY_DOMAIN.exec(hostname) ?? [];
  return protocol === 'https:' && port === '' && label !== undefined ? `${label} ${domain}` : null;
}

/**
 * Returns whether a URL belongs to the same org, so that the token and the secret may go there. It does if its origin
 * is known or, as after an org migration, its host has the same My Domain name, by https on the usual port. A URL with
 * a user name or a password never does, because they would replace the token.
 */
export function isOwn(target: URL, known: readonly string[]): boolean {
  if (target.username !== '' || target.password !== '') return false;
  return known.some((text) => {
    const own = new URL(text);
    if (target.origin === own.origin) return true;
    const name = myDomainOf(own);
    return name !== null && name === myDomainOf(target);
  });
}

/** Returns the target of a redirect; null for any other reply. */
export function redirectTarget(reply: HttpReply, from: URL): URL | null {
  if (![301, 302, 307, 308].includes(reply.status)) return null;
  const location = reply.headers.location ?? '';
  return location !== '' && URL.canParse(location, from.href) ? new URL(location, from) : null;
}

/** Describes, for people, what is wrong with a target outside the org. */
export function whyForeign({ protocol, host, username, password }: URL): string {
  return username === '' && password === ''
    ? `${host === '' ? protocol : host}, which is not the org's own host`
    : `${host} with a user name or a password in the address`;
}

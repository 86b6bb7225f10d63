import type { HttpReply } from './http.ts';

/** No org needs more; a loop ends here. */
export const MOST_HOPS = 5;

const MY_DOMAIN = /^([^.]+)\.(?:[^.]+\.)*(my\.salesforce\.com|my\.salesforce\.mil|my\.sfcrmproducts\.cn)$/;

/** The org's name and Salesforce's domain of `acme.sandbox.my.salesforce.com`; null: it is no My Domain host. */
function myDomainOf({ protocol, hostname, port }: URL): string | null {
  const [, label, domain] = MY_DOMAIN.exec(hostname) ?? [];
  return protocol === 'https:' && port === '' && label !== undefined ? `${label} ${domain}` : null;
}

/**
 * Whether a URL is the same org's: an origin that is known already, or, as after an org migration, a host with the same
 * My Domain name, by https and on its usual port. The token and the secret go there. A user name or a password in a URL
 * would take the token's place.
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

/** Where a reply sends the client to; null: it is no redirect. */
export function redirectTarget(reply: HttpReply, from: URL): URL | null {
  if (![301, 302, 307, 308].includes(reply.status)) return null;
  const location = reply.headers.location ?? '';
  return location !== '' && URL.canParse(location, from.href) ? new URL(location, from) : null;
}

/** What is wrong with a target that is not the org's own, for people. */
export function whyForeign({ protocol, host, username, password }: URL): string {
  return username === '' && password === ''
    ? `${host === '' ? protocol : host}, which is not the org's own host`
    : `${host} with a user name or a password in the address`;
}

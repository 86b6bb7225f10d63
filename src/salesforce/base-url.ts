import { ConfigurationError } from './errors.ts';

/** The expected form, for every message about base_url. */
export const MY_DOMAIN_FORM = 'https://<MyDomain>.my.salesforce.com';

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

export function isLoopback(hostname: string): boolean {
  return LOOPBACK.test(hostname);
}

/** A base_url that is not an org's My Domain URL: what is wrong, as a clause (`is empty`), and what to do. */
export interface WrongBaseUrl {
  readonly clause: string;
  readonly hint: string;
}

function wrong(clause: string, suggestion = MY_DOMAIN_FORM): WrongBaseUrl {
  return {
    clause,
    hint: `Set base_url to the org's My Domain URL, ${suggestion} (Setup › My Domain › Current My Domain URL).`,
  };
}

/**
 * Returns what is wrong with a Salesforce host that serves pages, or all orgs, and therefore never issues a token for
 * one org's app; null for any other host.
 */
function foreignHost(hostname: string): WrongBaseUrl | null {
  if (/^(login|test|www)\.salesforce\.(com|mil)$/.test(hostname))
    return wrong(`is ${hostname}, which every org shares`);
  const lightning = /^(.+)\.lightning\.force\.com$/.exec(hostname);
  if (lightning !== null)
    return wrong(`is the Lightning host ${hostname}, not the API's`, `https://${lightning[1]}.my.salesforce.com`);
  if (/\.(force\.com|my\.site\.com|salesforce-setup\.com)$/.test(hostname))
    return wrong(`is ${hostname}, which does not serve the API`);
  return null;
}

/**
 * Returns the org's origin for the URL that a person wrote: `acme.my.salesforce.com/` →
 * `https://acme.my.salesforce.com`. Adds https if the scheme is missing; drops path, query and trailing slash. Refuses
 * text that is not a web address, plain http outside the loopback, and hosts that do not serve tokens for a single org.
 */
export function readBaseUrl(text: string): { readonly origin: string } | WrongBaseUrl {
  const trimmed = text.trim();
  if (trimmed === '') return wrong('is empty');
  const withScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(trimmed) ? trimmed : `https://${trimmed}`;
  const url = URL.canParse(withScheme) ? new URL(withScheme) : null;
  if (url === null || url.hostname === '') return wrong('is not a web address');
  if (url.username !== '' || url.password !== '') return wrong('contains a user name or a password');
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    return wrong(`begins with ${url.protocol}// and not https://`);
  if (url.protocol === 'http:' && !isLoopback(url.hostname))
    return wrong('begins with http://, which would send credentials in the clear');
  // DNS resolves such a name to the same host, but every comparison of names sees another one.
  if (url.hostname.endsWith('.')) return wrong('has a host name that ends in a dot');
  return foreignHost(url.hostname) ?? { origin: url.origin };
}

/** Returns the origin, see `readBaseUrl`. Throws `ConfigurationError` if the URL is wrong. */
export function normalizeBaseUrl(text: string): string {
  const read = readBaseUrl(text);
  if ('origin' in read) return read.origin;
  throw new ConfigurationError({ message: `base_url ${read.clause}`, hint: read.hint });
}

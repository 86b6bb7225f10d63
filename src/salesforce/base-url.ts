import { ConfigurationError } from './errors.ts';

/** The form that every message about base_url names. */
export const MY_DOMAIN_FORM = 'https://<MyDomain>.my.salesforce.com';

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

export function isLoopback(hostname: string): boolean {
  return LOOPBACK.test(hostname);
}

/** A base_url that is no org's My Domain URL: what it is instead, as a clause (`is empty`), and what to do. */
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

/** Salesforce hosts that serve people, or every org, and so never give a token of one org's app; null: it is none. */
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
 * The org's origin from what a person wrote: `acme.my.salesforce.com/` → `https://acme.my.salesforce.com`. A missing
 * scheme means https; path, query and trailing slash go. Wrong: text that is no web address, plain http outside the
 * loopback, and hosts that do not serve the token of one org.
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
  // Such a name is the same host's for DNS, and another's for every comparison.
  if (url.hostname.endsWith('.')) return wrong('has a host name that ends in a dot');
  return foreignHost(url.hostname) ?? { origin: url.origin };
}

/** The origin (see `readBaseUrl`). Throws `ConfigurationError` for what is wrong. */
export function normalizeBaseUrl(text: string): string {
  const read = readBaseUrl(text);
  if ('origin' in read) return read.origin;
  throw new ConfigurationError({ message: `base_url ${read.clause}`, hint: read.hint });
}

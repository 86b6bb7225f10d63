import { ConfigurationError } from './errors.ts';

/** The form that every message about base_url names. */
export const MY_DOMAIN_FORM = 'https://<MyDomain>.my.salesforce.com';

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

export function isLoopback(hostname: string): boolean {
  return LOOPBACK.test(hostname);
}

function wrong(message: string, suggestion = MY_DOMAIN_FORM): ConfigurationError {
  return new ConfigurationError({
    message: `base_url ${message}`,
    hint: `Set base_url to the org's My Domain URL, ${suggestion} (Setup › My Domain › Current My Domain URL).`,
  });
}

/** Salesforce hosts that serve people, or every org, and so never give a token of one org's app. */
function refuseForeignHost(hostname: string): void {
  if (/^(login|test|www)\.salesforce\.(com|mil)$/.test(hostname)) {
    throw wrong(`is ${hostname}, which every org shares`);
  }
  const lightning = /^(.+)\.lightning\.force\.com$/.exec(hostname);
  if (lightning !== null) {
    throw wrong(`is the Lightning host ${hostname}, not the API's`, `https://${lightning[1]}.my.salesforce.com`);
  }
  if (/\.(force\.com|my\.site\.com|salesforce-setup\.com)$/.test(hostname)) {
    throw wrong(`is ${hostname}, which does not serve the API`);
  }
}

/**
 * The org's origin from what a person wrote: `acme.my.salesforce.com/` → `https://acme.my.salesforce.com`. A missing
 * scheme means https; path, query and trailing slash go. Throws `ConfigurationError` for text that is no web address,
 * for plain http outside the loopback, and for hosts that do not serve the token of one org.
 */
export function normalizeBaseUrl(text: string): string {
  const trimmed = text.trim();
  if (trimmed === '') throw wrong('is empty');
  const withScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(trimmed) ? trimmed : `https://${trimmed}`;
  const url = URL.canParse(withScheme) ? new URL(withScheme) : null;
  if (url === null || url.hostname === '') throw wrong('is not a web address');
  if (url.username !== '' || url.password !== '') throw wrong('contains a user name or a password');
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    throw wrong(`begins with ${url.protocol}// and not https://`);
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    throw wrong('begins with http://, which would send credentials in the clear');
  }
  // Such a name is the same host's for DNS, and another's for every comparison.
  if (url.hostname.endsWith('.')) throw wrong('has a host name that ends in a dot');
  refuseForeignHost(url.hostname);
  return url.origin;
}

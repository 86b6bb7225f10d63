import { isLoopback } from '../salesforce/base-url.ts';

/** What the address of a cluster says about secrets. Both take a web address. */

/** Reports whether the address contains a user or a password. */
export function hasLogin(url: string): boolean {
  const { username, password } = new URL(url);
  return username !== '' || password !== '';
}

/** Reports whether what is sent to the address can be read on its way. */
export function isUnencrypted(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  return protocol === 'http:' && !isLoopback(hostname);
}

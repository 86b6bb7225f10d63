import { RequestProblem } from '../problem.ts';

/** No page of the server has a longer address. */
const MOST_CHARACTERS = 1_000;

/**
 * Returns the whole address of a path of this server. A login returns the browser to it, so it must be no other site.
 *
 * @param url the server's own address
 * @throws RequestProblem
 */
export function returnAddress(path: string, url: string): string {
  const own = new URL(`${url}/`).href;
  const isPath = /^\/(?![/\\])/.test(path) && path.length <= MOST_CHARACTERS && URL.canParse(`${url}${path}`);
  // The whole address is needed: a browser takes a path that begins with two slashes for another host.
  const address = isPath ? new URL(`${url}${path}`).href : null;
  if (address?.startsWith(own)) return address;
  throw new RequestProblem('bad_request', '`to` must be a path of this server, like /?words=solar.');
}

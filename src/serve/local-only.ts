import { RequestProblem } from './problem.ts';

const LOCAL_HOST = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?$/i;

/**
 * Checks the Host and Origin of a request to a server that trusts everybody on this machine. A web page from another
 * site sends its own Origin. With DNS rebinding it sends its own Host.
 *
 * @throws RequestProblem
 */
export function checkLocal({
  host,
  origin,
}: {
  readonly host: string | undefined;
  readonly origin: string | undefined;
}): void {
  const isLocal = host !== undefined && LOCAL_HOST.test(host);
  if (isLocal && (origin === undefined || origin === `http://${host}`)) return;
  throw new RequestProblem('host_refused', 'This server answers only programs on this machine, and its own page.');
}

/** Reports whether only this machine reaches the address. */
export function isLocalAddress(host: string): boolean {
  return LOCAL_HOST.test(host.includes(':') ? `[${host}]` : host);
}

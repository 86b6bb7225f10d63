const HOST_PORT = /^(\[[\da-f:.]+\]|[\w.-]+)(?::(\d{1,5}))?$/i;
const HIGHEST_PORT = 65_535;
const LIKE = 'write host and port alone, like localhost:7233';

/** What is wrong with the address of a Temporal server, and how to write it; null: nothing. It is repeated only where it can hold no secret. */
export function addressProblem(address: string): string | null {
  const [, host, port = '7233'] = HOST_PORT.exec(address) ?? [];
  if (host !== undefined && Number(port) >= 1 && Number(port) <= HIGHEST_PORT) return null;
  if (!/^\w+:\/\//.test(address)) return `is not an address: ${LIKE}`;
  const alone = URL.canParse(address) ? new URL(address).host : '';
  const scheme = address.slice(0, address.indexOf('://') + 3);
  return `begins with ${scheme}: ${HOST_PORT.test(alone) ? `write ${alone} alone` : LIKE}. TEMPORAL_TLS=true turns TLS on`;
}

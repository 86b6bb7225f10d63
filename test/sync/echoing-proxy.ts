import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * A proxy before an org. It sees the tokens that the org issues, and can answer with the request itself, including
 * secrets.
 */
export interface EchoingProxy {
  readonly url: string;
  /** Every access token that passed, without the part that names the org. */
  readonly tokens: string[];
  /** Which requests get themselves as an error: none, those to the API, or those for a token. */
  echo: 'none' | 'api' | 'token';
  /** The number of such answers. */
  echoed: number;
  close(): Promise<void>;
}

export async function echoingProxy(org: string): Promise<EchoingProxy> {
  const server = createServer((request, response) => {
    const answer = async (): Promise<{ status: number; headers: Record<string, string>; text: string }> => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const body = Buffer.concat(chunks).toString('utf8');
      const isToken = request.url === '/services/oauth2/token';
      if (proxy.echo === (isToken ? 'token' : 'api')) {
        proxy.echoed += 1;
        const message = `not understood: Authorization: ${request.headers.authorization} ${request.url} ${body}`;
        const refusal = isToken
          ? { error: 'invalid_client', error_description: message }
          : [{ errorCode: 'MALFORMED_QUERY', message }];
        return { status: 400, headers: { 'content-type': 'application/json' }, text: JSON.stringify(refusal) };
      }
      const { host: _host, connection: _connection, 'content-length': _length, ...headers } = request.headers;
      const reply = await fetch(`${org}${request.url}`, {
        method: request.method ?? 'GET',
        headers: headers as Record<string, string>,
        ...(body === '' ? {} : { body }),
      });
      const kept = [...reply.headers].filter(
        ([name]) => !/^(content-(length|encoding)|connection|transfer-encoding)$/.test(name),
      );
      let text = await reply.text();
      if (isToken && reply.ok) {
        const token = JSON.parse(text) as { access_token: string };
        proxy.tokens.push(token.access_token.split('!').at(-1) ?? '');
        text = JSON.stringify({ ...token, instance_url: proxy.url, api_instance_url: proxy.url });
      }
      return { status: reply.status, headers: Object.fromEntries(kept), text };
    };
    answer().then(
      ({ status, headers, text }) => response.writeHead(status, headers).end(text),
      () => response.destroy(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const proxy: EchoingProxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    tokens: [],
    echo: 'none',
    echoed: 0,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return proxy;
}

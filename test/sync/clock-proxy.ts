import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A proxy before an org that gives replies another time. */
export interface ClockProxy {
  readonly url: string;
  /** The number of replies so far. */
  readonly replies: number;
  /** The error in ms of the reply with this number (from 0). */
  shift: (reply: number) => number;
  close(): Promise<void>;
}

export async function clockProxy(org: string): Promise<ClockProxy> {
  let replies = 0;
  const server = createServer((request, response) => {
    const answer = async (): Promise<{ status: number; headers: Record<string, string>; text: string }> => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const body = Buffer.concat(chunks).toString('utf8');
      const { host: _host, connection: _connection, 'content-length': _length, ...headers } = request.headers;
      const reply = await fetch(`${org}${request.url}`, {
        method: request.method ?? 'GET',
        headers: headers as Record<string, string>,
        ...(body === '' ? {} : { body }),
      });
      const kept = [...reply.headers].filter(
        ([name]) => !/^(content-(length|encoding)|connection|date|transfer-encoding)$/.test(name),
      );
      const date = Date.parse(reply.headers.get('date') ?? '') + proxy.shift(replies);
      replies += 1;
      const text = (await reply.text()).replaceAll(org, proxy.url);
      return {
        status: reply.status,
        headers: { ...Object.fromEntries(kept), date: new Date(date).toUTCString() },
        text,
      };
    };
    answer().then(
      ({ status, headers, text }) => response.writeHead(status, headers).end(text),
      () => response.destroy(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const proxy: ClockProxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get replies() {
      return replies;
    },
    shift: () => 0,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return proxy;
}

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A field as describe writes it. */
export type DescribedJson = Readonly<Record<string, unknown>> & { readonly name: string };

/** A proxy before an org that changes how it describes its fields. */
export interface DescribingProxy {
  readonly url: string;
  /** The replacement of a field. Null: the field is not listed. */
  describe: (object: string, field: DescribedJson) => DescribedJson | null;
  close(): Promise<void>;
}

export async function describingProxy(org: string): Promise<DescribingProxy> {
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
        ([name]) => !/^(content-(length|encoding)|connection|transfer-encoding)$/.test(name),
      );
      const text = (await reply.text()).replaceAll(org, proxy.url);
      const isJson = reply.headers.get('content-type')?.includes('json') === true;
      const said = isJson ? JSON.stringify(changed(JSON.parse(text))) : text;
      return { status: reply.status, headers: Object.fromEntries(kept), text: said };
    };
    answer().then(
      ({ status, headers, text }) => response.writeHead(status, headers).end(text),
      () => response.destroy(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const proxy: DescribingProxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    describe: (_object, field) => field,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return proxy;

  /** The same reply with other descriptions, alone or among the answers of a composite. */
  function changed(reply: unknown): unknown {
    if (Array.isArray(reply)) return reply.map(changed);
    if (typeof reply !== 'object' || reply === null) return reply;
    const { name, fields, compositeResponse, body } = reply as Record<string, unknown>;
    if (Array.isArray(compositeResponse)) return { ...reply, compositeResponse: changed(compositeResponse) };
    if (body !== undefined) return { ...reply, body: changed(body) };
    if (typeof name !== 'string' || !Array.isArray(fields)) return reply;
    return { ...reply, fields: fields.map((field) => proxy.describe(name, field)).filter((field) => field !== null) };
  }
}

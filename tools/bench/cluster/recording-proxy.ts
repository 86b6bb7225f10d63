import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

/** A proxy before a cluster, which keeps the bulk requests with documents that go through it. */
export interface RecordingProxy {
  readonly url: string;
  /** Returns the bodies of the requests that the cluster has answered, one after the other. */
  bodies(): Iterable<Buffer>;
  close(): Promise<void>;
}

/** @param folder where the bodies are kept; it exists */
export async function startRecordingProxy(cluster: string, folder: string): Promise<RecordingProxy> {
  let count = 0;
  const file = (nth: number) => join(folder, `bulk-${nth}`);
  const server = createServer(async (incoming, outgoing) => {
    const { method, url = '', headers } = incoming;
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const passed = request(cluster + url, { method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    passed.on('error', () => outgoing.destroy());
    passed.end(body);
    if (method !== 'POST' || !/-write-documents-[^/]*\/_bulk/.test(url)) return;
    count += 1;
    await writeFile(file(count), body);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    *bodies() {
      for (let nth = 1; nth <= count; nth += 1) yield readFileSync(file(nth));
    },
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

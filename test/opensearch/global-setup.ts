import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { type OpenSearchProcess, startOpenSearch } from './process.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The address that starts the shared OpenSearch, and answers with the address of that. */
    openSearchStarter: string;
  }
}

/** All test files of a run share one OpenSearch, which starts when the first of them needs it. */
export default async function ({ provide }: TestProject): Promise<() => Promise<void>> {
  let folder: string | undefined;
  let started: Promise<OpenSearchProcess> | undefined;
  const server = createServer((_request, response) => {
    folder ??= mkdtempSync(join(tmpdir(), 'opensearch-'));
    started ??= startOpenSearch({ folder });
    started.then(
      ({ location }) => response.end(location.url),
      (error: Error) => response.writeHead(500).end(error.message),
    );
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  // A run without its tests ends without its teardown.
  server.unref();
  provide('openSearchStarter', `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  return async () => {
    server.closeAllConnections();
    server.close();
    await started?.then(({ process }) => process.stop()).catch(() => {});
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  };
}

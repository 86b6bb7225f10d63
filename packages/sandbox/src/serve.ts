import type { SandboxServer } from './http/server.ts';
import { programOf } from './program.ts';

export type { SandboxServer } from './http/server.ts';
export { OrgFolderError } from './org/errors.ts';

/** Arguments of `node` that serve an org in a separate process. `<folder> [--port P] [--log F]` follow them. */
export const serveProgram = programOf('serve');

/** Reports that the sandbox cannot be served. The message is one line that says what to do. */
export class ServeError extends Error {
  override name = 'ServeError';
}

/** Serves an org folder from this process until `close`. Throws `OrgFolderError` and `ServeError`. */
export async function serveSandbox(options: {
  readonly folder: string;
  /** 0 takes a free port. */
  readonly port: number;
  /** The file to append the request log to, one JSON line per request; null for none. */
  readonly log: string | null;
}): Promise<SandboxServer> {
  const { folder, port, log } = options;
  // Loaded late: code that starts the program in another process needs neither.
  const [{ openOrg }, { startServer }] = await Promise.all([import('./org/open.ts'), import('./http/server.ts')]);
  const org = await openOrg(folder);
  try {
    const server = await startServer({ org, port, log });
    return {
      url: server.url,
      async close() {
        await server.close();
        org.close();
      },
    };
  } catch (error) {
    org.close();
    throw explained(error, port, log);
  }
}

function explained(error: unknown, port: number, log: string | null): unknown {
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
  if (code === 'EADDRINUSE')
    return new ServeError(`Port ${port} is in use: name another with --port, or leave it out.`);
  if (code === 'EACCES' && Reflect.get(Object(error), 'syscall') === 'listen')
    return new ServeError(`Port ${port} may not be used: name one above 1023 with --port, or leave it out.`);
  if (log !== null && error instanceof Error && Reflect.get(error, 'path') === log)
    return new ServeError(`The request log ${log} cannot be written (${String(code)}): name another file with --log.`);
  return error;
}

import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type SandboxServer, startServer } from './http/server.ts';
import { OrgFolderError } from './org/errors.ts';
import { openOrg } from './org/open.ts';

/** The sandbox cannot be served. The message is one line that says what to do. */
export class ServeError extends Error {
  override name = 'ServeError';
}

/**
 * Serves an org folder until `close`. The first line on stdout, once it listens, is
 * `Sandbox org at http://127.0.0.1:<port>`. Throws `OrgFolderError` and `ServeError`.
 */
export async function serveSandbox(options: {
  readonly folder: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** File to which the request log is appended, a JSON line a request. */
  readonly log: string | null;
}): Promise<SandboxServer> {
  const { folder, port, log } = options;
  const org = await openOrg(folder);
  try {
    const server = await startServer({ org, port, log });
    process.stdout.write(`Sandbox org at ${server.url}\n`);
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

/** `serve.js <folder> [--port P] [--log F]`, ended cleanly by SIGINT, SIGTERM or SIGHUP. */
async function main(args: readonly string[]): Promise<void> {
  const { folder, port, log } = readArguments(args);
  const server = await serveSandbox({ folder, port, log });
  let closing = false;
  const end = (): void => {
    if (closing) return;
    closing = true;
    void server.close();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, end);
}

function readArguments(args: readonly string[]): { folder: string; port: number; log: string | null } {
  const usage = 'Usage: serve <folder> [--port P] [--log F]';
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: { port: { type: 'string', default: '0' }, log: { type: 'string' } },
      allowPositionals: true,
    });
    const port = Number(values.port);
    const [folder, ...more] = positionals;
    if (folder === undefined || more.length > 0) throw new Error('one folder is needed');
    if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new Error('--port takes a number from 0 to 65535');
    return { folder, port, log: values.log ?? null };
  } catch (error) {
    throw new ServeError(`${error instanceof Error ? error.message : String(error)}. ${usage}`);
  }
}

const started = process.argv[1];
if (started !== undefined && realpathSync(started) === fileURLToPath(import.meta.url)) {
  main(process.argv.slice(2)).catch((error: unknown) => {
    const known = error instanceof ServeError || error instanceof OrgFolderError;
    process.stderr.write(`${known ? error.message : error instanceof Error ? error.stack : String(error)}\n`);
    process.exitCode = 1;
  });
}

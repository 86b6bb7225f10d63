import { parseArgs } from 'node:util';
import { OrgFolderError, ServeError, serveSandbox } from '../serve.ts';
import { wrongArgument } from './arguments.ts';

/**
 * Runs `serve <folder> [--port P] [--log F]` until SIGINT, SIGTERM or SIGHUP, then closes cleanly. When it listens, it
 * writes `Sandbox org at http://127.0.0.1:<port>` as the first line on stdout.
 */
export async function serve(args: readonly string[]): Promise<void> {
  const server = await serveSandbox(readArguments(args));
  let closing = false;
  const end = (): void => {
    if (closing) return;
    closing = true;
    void server.close();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, end);
  // Last: a reader of this line may send a signal at once.
  process.stdout.write(`Sandbox org at ${server.url}\n`);
}

/** Errors whose message says what to do. */
export const explained = [ServeError, OrgFolderError];

function readArguments(args: readonly string[]): { folder: string; port: number; log: string | null } {
  const usage = 'Usage: serve <folder> [--port P] [--log F]';
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: { port: { type: 'string', default: '0' }, log: { type: 'string' } },
      allowPositionals: true,
    });
    const [folder, ...more] = positionals;
    if (!folder || more.length > 0) throw new Error('Name one folder');
    const port = Number(values.port);
    if (!/^\d+$/.test(values.port) || port > 65_535) throw new Error('--port takes a number from 0 to 65535');
    return { folder, port, log: values.log ?? null };
  } catch (error) {
    throw new ServeError(`${wrongArgument(error)}. ${usage}`);
  }
}

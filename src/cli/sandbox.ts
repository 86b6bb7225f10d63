import { join } from 'node:path';
import { Command } from 'commander';

interface ServeOptions {
  readonly port?: string;
  readonly log?: string;
}

/** `sandbox serve`: the sandbox org as a process of its own. */
export function sandboxCommand(): Command {
  const serve = new Command('serve')
    .description('serves an org folder; once it listens, its first line is `Sandbox org at http://127.0.0.1:<port>`')
    .argument('<folder>', 'one CSV file per sObject, and org.json')
    .option('--port <port>', 'listen on this port of 127.0.0.1; without it: a free one')
    .option('--log <file>', 'append every request to this file, one JSON line each')
    .addHelpText('after', '\nExample:\n  salesforce-connector sandbox serve sandbox/orgs/harbor --port 8080')
    .action(serveFolder);
  return new Command('sandbox')
    .description('a Salesforce org that runs on this machine')
    .addHelpText('after', '\nExample:\n  salesforce-connector sandbox serve sandbox/orgs/harbor')
    .addCommand(serve);
}

async function serveFolder(folder: string, { port, log }: ServeOptions): Promise<void> {
  const { packageRoot } = await import('../package-root.ts');
  const { runKept } = await import('../process/kept.ts');
  const script = join(packageRoot(), 'dist', 'sandbox', 'serve.js');
  const flags = Object.entries({ port, log }).flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name}`, value],
  );
  const code = await runKept(process.execPath, [script, folder, ...flags]);
  if (code !== 0) process.exitCode = 1;
}

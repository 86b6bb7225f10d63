import { Command } from 'commander';
import { configured } from './configured.ts';

const HELP = `
It serves the tools search, get_record and explain_access over stdin and stdout, for an assistant that starts programs.
The user is fixed: no tool can name another. A person who may start this program may read the index file anyway. For a
server that many people share, use \`serve\`, which has the same tools at /mcp and asks for credentials.

Example:
  salesforce-connector mcp --config /etc/acme.yaml --as ada@acme.example`;

/** Defines `mcp`, which serves one user's tools over stdin and stdout. */
export function mcpCommand(): Command {
  return new Command('mcp')
    .description('serve an assistant that acts for one user, by MCP over stdin and stdout')
    .requiredOption('--as <user>', 'the user: user id, username, federation identifier or e-mail')
    .option('--config <file>', 'the config file (default: from the last `npm start`)')
    .addHelpText('after', HELP)
    .action(serveTools);
}

async function serveTools({ as, config: file }: { readonly as: string; readonly config?: string }): Promise<void> {
  const config = await configured(file);
  const { stopOnSignals } = await import('../process/stop.ts');
  const { packageVersion } = await import('../process/package-version.ts');
  const { mcpOverStdio } = await import('../serve/mcp/stdio.ts');
  const stop = stopOnSignals();
  const close = await mcpOverStdio(config, as, packageVersion());
  // The assistant ends it by closing stdin.
  process.stdin.once('end', stop.now);
  await stop.stopped.catch(() => {});
  await close();
  stop.dispose();
}

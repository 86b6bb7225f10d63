import { join } from 'node:path';
import { Command } from 'commander';

interface ServeOptions {
  readonly port?: string;
  readonly log?: string;
}

interface GenerateOptions {
  readonly accounts: string;
  readonly seed: string;
}

/** `sandbox`: the sandbox org, each command a process of its own. */
export function sandboxCommand(): Command {
  const serve = new Command('serve')
    .description('serves an org folder; once it listens, its first line is `Sandbox org at http://127.0.0.1:<port>`')
    .argument('<folder>', 'one CSV file per sObject, and org.json')
    .option('--port <port>', 'listen on this port of 127.0.0.1; without it: a free one')
    .option('--log <file>', 'append every request to this file, one JSON line each')
    .addHelpText('after', '\nExample:\n  salesforce-connector sandbox serve sandbox/orgs/harbor --port 8080')
    .action((folder: string, options: ServeOptions) => runScript('serve.js', folder, { ...options }));
  const generate = new Command('generate')
    .description('writes an org folder of any size; the same arguments give the same bytes, anywhere and at any time')
    .argument('<folder>', 'made where it is not there; must be empty')
    .requiredOption(
      '--accounts <n>',
      'how many accounts; with all that belongs to them about five times as many records',
    )
    .requiredOption('--seed <n>', 'another number, another org')
    .addHelpText('after', '\nExample:\n  salesforce-connector sandbox generate big-org --accounts 200000 --seed 1')
    .action((folder: string, options: GenerateOptions) => runScript('generate.js', folder, { ...options }));
  return new Command('sandbox')
    .description('a Salesforce org that runs on this machine')
    .addHelpText('after', '\nExample:\n  salesforce-connector sandbox serve sandbox/orgs/harbor')
    .addCommand(serve)
    .addCommand(generate);
}

async function runScript(
  name: string,
  folder: string,
  options: Readonly<Record<string, string | undefined>>,
): Promise<void> {
  const { packageRoot } = await import('../package-root.ts');
  const { runKept } = await import('../process/kept.ts');
  const script = join(packageRoot(), 'dist', 'sandbox', name);
  const flags = Object.entries(options).flatMap(([flag, value]) => (value === undefined ? [] : [`--${flag}=${value}`]));
  const code = await runKept(process.execPath, [script, ...flags, '--', folder]);
  if (code !== 0) process.exitCode = 1;
}

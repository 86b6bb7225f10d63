import { join } from 'node:path';
import { Command } from 'commander';

interface ServeOptions {
  readonly port?: string;
  readonly log?: string;
}

interface GenerateOptions {
  readonly accounts: string;
  readonly seed: string;
  readonly personAccounts?: string;
}

/** `sandbox`: the sandbox org, each command a process of its own. */
export function sandboxCommand(): Command {
  const serve = new Command('serve')
    .description('serves an org folder over HTTP, and prints its address as `Sandbox org at http://127.0.0.1:<port>`')
    .argument('<folder>', 'a folder with one CSV file per object, and org.json')
    .option('--port <port>', 'the port on 127.0.0.1 (default: a free one)')
    .option('--log <file>', 'append each request to this file, as a line of JSON')
    .addHelpText('after', '\nExample:\n  salesforce-connector sandbox serve sandbox/orgs/harbor --port 8080')
    .action((folder: string, options: ServeOptions) => runScript('serve.js', folder, { ...options }));
  const generate = new Command('generate')
    .description('writes an org folder of any size; the same arguments always give the same bytes')
    .argument('<folder>', 'the folder to write; it must be empty or absent')
    .requiredOption('--accounts <n>', 'how many accounts; the org has about five times as many records')
    .requiredOption('--seed <n>', 'a number; each gives another org, with another Organization Id')
    .option('--person-accounts <percent>', 'the percentage of accounts that are person accounts (default: 0)')
    .addHelpText('after', '\nExample:\n  salesforce-connector sandbox generate big-org --accounts 200000 --seed 1')
    .action((folder: string, options: GenerateOptions) => {
      const { personAccounts, ...others } = options;
      return runScript('generate.js', folder, { ...others, 'person-accounts': personAccounts });
    });
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

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

/** Defines `sandbox`, whose subcommands each run as a separate process. */
export function sandboxCommand(): Command {
  const serve = new Command('serve')
    .description('serve an org folder over HTTP, and print its address as `Sandbox org at http://127.0.0.1:<port>`')
    .argument('<folder>', 'a folder with one CSV file per object, and org.json')
    .option('--port <port>', 'the port on 127.0.0.1 (default: a free one)')
    .option('--log <file>', 'append each request to this file as a line of JSON')
    .addHelpText('after', '\nExample:\n  salesforce-connector sandbox serve packages/sandbox/orgs/harbor --port 8080')
    .action(async (folder: string, options: ServeOptions) => {
      const { serveProgram } = await import('@salesforce-connector/sandbox/serve');
      return runProgram(serveProgram, folder, { ...options });
    });
  const generate = new Command('generate')
    .description('write an org folder of any size; the same arguments always give the same bytes')
    .argument('<folder>', 'the folder to write; it must be empty or absent')
    .requiredOption('--accounts <n>', 'how many accounts; the org has about five times as many records')
    .requiredOption('--seed <n>', 'a number; each seed gives a different org, with a different Organization Id')
    .option('--person-accounts <percent>', 'the percentage of accounts that are person accounts (default: 0)')
    .addHelpText('after', '\nExample:\n  salesforce-connector sandbox generate big-org --accounts 200000 --seed 1')
    .action(async (folder: string, options: GenerateOptions) => {
      const { generateProgram } = await import('@salesforce-connector/sandbox/generate');
      const { personAccounts, ...others } = options;
      return runProgram(generateProgram, folder, { ...others, 'person-accounts': personAccounts });
    });
  return new Command('sandbox')
    .description('run a simulated Salesforce org on this machine')
    .addHelpText('after', '\nExample:\n  salesforce-connector sandbox serve packages/sandbox/orgs/harbor')
    .addCommand(serve)
    .addCommand(generate);
}

async function runProgram(
  program: readonly string[],
  folder: string,
  options: Readonly<Record<string, string | undefined>>,
): Promise<void> {
  const { runSupervised } = await import('../process/supervised.ts');
  const flags = Object.entries(options).flatMap(([flag, value]) => (value === undefined ? [] : [`--${flag}=${value}`]));
  const code = await runSupervised(process.execPath, [...program, ...flags, '--', folder]);
  if (code !== 0) process.exitCode = 1;
}

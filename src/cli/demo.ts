import { Command, InvalidArgumentError } from 'commander';
import type { DemoOptions } from './demo/run.ts';
import { reportError } from './report-error.ts';

/** Defines `demo`, which runs every part on this machine, and is what `npm start` runs. */
export function demoCommand(): Command {
  return new Command('demo')
    .description(
      'run everything on this machine: a Temporal server, a sandbox org, a worker, a Schedule (same as `npm start`)',
    )
    .option('--once', 'stop after one complete and one incremental run; exit code 1 if a run failed')
    .option('--org <folder>', 'serve this org folder (default: generate a small org into .data)')
    .option('--config <file>', "use this config file's keys in place of the demo's own")
    .option('--temporal-port <port>', "the Temporal server's port (default: a free one)", port)
    .option('--ui-port <port>', "the Temporal Web UI's port (default: a free one)", port)
    .option('--sandbox-port <port>', "the sandbox org's port (default: a free one)", port)
    .option('--page-port <port>', "the search page's port (default: a free one)", port)
    .addHelpText(
      'after',
      `
Without --once it also serves a search page, runs until Ctrl-C, and restarts any part that is killed. It leaves no
process behind.

Its config file is .data/<connection>/config.yaml. With --config it takes the keys of another file, for example another
index or other objects, and keeps them for later starts. connection, base_url, data_dir and the keys for signing in to
Salesforce remain the demo's, because they belong to the sandbox org. Delete the folder to start over.

Examples:
  salesforce-connector demo --once --org packages/sandbox/orgs/harbor
  salesforce-connector demo --config opensearch.yaml`,
    )
    .action(async (options: DemoOptions) => {
      const { runDemo } = await import('./demo/run.ts');
      try {
        await runDemo(options);
      } catch (error) {
        reportError(error);
        process.exitCode = 1;
      }
      // All parts are stopped, but the Temporal client's open channel would keep the process alive.
      process.exit();
    });
}

function port(text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value > 0 && value <= 65_535) return value;
  throw new InvalidArgumentError('Use a number from 1 to 65535.');
}

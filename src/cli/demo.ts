import { Command, InvalidArgumentError } from 'commander';
import { reportError } from './errors.ts';

export interface DemoOptions {
  /** End after one complete and one incremental run. */
  readonly once?: true;
  readonly org?: string;
  readonly temporalPort?: number;
  readonly uiPort?: number;
  readonly sandboxPort?: number;
}

/** `demo`: the whole chain on this machine; what `npm start` runs. */
export function demoCommand(): Command {
  return new Command('demo')
    .description(
      'runs it all on this machine: Temporal dev server, sandbox org, worker, Schedule (what `npm start` runs)',
    )
    .option('--once', 'end after one complete and one incremental run; exit code 1 when a run failed')
    .option('--org <folder>', 'serve this org folder; without it: a small org, generated into .data')
    .option('--temporal-port <port>', "the Temporal server's port; without it: a free one", port)
    .option('--ui-port <port>', "the Temporal Web UI's port; without it: a free one", port)
    .option('--sandbox-port <port>', "the sandbox org's port; without it: a free one", port)
    .addHelpText('after', '\nExample:\n  salesforce-connector demo --once --org sandbox/orgs/harbor')
    .action(async (options: DemoOptions) => {
      const { runDemo } = await import('./demo/run.ts');
      try {
        await runDemo(options);
      } catch (error) {
        reportError(error);
        process.exitCode = 1;
      }
      // What it started is stopped; the Temporal client's open channel would go on.
      process.exit();
    });
}

function port(text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value > 0 && value <= 65_535) return value;
  throw new InvalidArgumentError('Give a number from 1 to 65535.');
}

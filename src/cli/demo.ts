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
      'runs everything on this machine: a Temporal server, a sandbox org, a worker, a Schedule (what `npm start` runs)',
    )
    .option('--once', 'stop after one complete and one incremental run; exit code 1 if a run failed')
    .option('--org <folder>', 'serve this org folder (default: generate a small org into .data)')
    .option('--temporal-port <port>', "the Temporal server's port (default: a free one)", port)
    .option('--ui-port <port>', "the Temporal Web UI's port (default: a free one)", port)
    .option('--sandbox-port <port>', "the sandbox org's port (default: a free one)", port)
    .addHelpText(
      'after',
      `
Without --once it runs until Ctrl-C and restarts a part that was killed. It leaves no process behind.

Example:
  salesforce-connector demo --once --org sandbox/orgs/harbor`,
    )
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

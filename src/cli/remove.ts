import { createInterface } from 'node:readline/promises';
import { Command } from 'commander';
import type { Config } from '../config.ts';
import { printable } from '../printable.ts';
import { configured } from './configured.ts';

interface RemoveOptions {
  readonly config?: string;
  readonly yes?: true;
}

const HELP = `
Stop the worker first. The config file stays, and nothing changes in Salesforce. If this command was interrupted, run it
again.

Example:
  salesforce-connector remove --config config.yaml`;

/** `remove`: takes a connection away. */
export function removeCommand(): Command {
  return new Command('remove')
    .description('deletes the connection: its Schedule, its workflows and its index')
    .option('--config <file>', 'the config file (default: the one of the last `npm start`)')
    .option('--yes', 'do not ask first')
    .addHelpText('after', HELP)
    .action(remove);
}

async function remove({ config: file, yes }: RemoveOptions): Promise<void> {
  const config = await configured(file);
  const { withClient } = await import('../temporal/connect.ts');
  const { removeConnection } = await import('../home/remove.ts');
  if (!yes && !(await isConfirmed(config))) {
    process.stdout.write('Nothing was removed.\n');
    process.exitCode = 1;
    return;
  }
  const { polling } = await import('../temporal/workers.ts');
  await withClient(config.file, async (client) => {
    for (const { what, wasThere } of await removeConnection(client, config))
      process.stdout.write(`${printable(what)}: ${wasThere ? 'removed' : 'was not there'}.\n`);
    const { isPolled, taskQueue } = await polling(client, config.connection, new Date());
    if (isPolled) process.stderr.write(`A worker has just polled ${taskQueue}: stop it, if it still runs.\n`);
  });
}

async function isConfirmed({ connection, index }: Config): Promise<boolean> {
  const { UserError } = await import('../user-error.ts');
  if (!process.stdin.isTTY)
    throw new UserError('`remove` asks before it removes, and there is no terminal to ask on: add --yes.');
  const question = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await question.question(
      `Remove connection ${connection}: its Schedule, its workflows and the index ${printable(index.path)}? [y/N] `,
    );
    return /^y(es)?$/i.test(answer.trim());
  } catch (error) {
    // Ctrl-C and Ctrl-D are a no.
    if (error instanceof Error && error.name === 'AbortError') return false;
    throw error;
  } finally {
    question.close();
  }
}

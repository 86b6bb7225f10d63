import { createInterface } from 'node:readline/promises';
import { Command } from 'commander';
import type { Config } from '../config/load.ts';
import { printable } from '../lib/printable.ts';
import { configured } from './configured.ts';

interface RemoveOptions {
  readonly config?: string;
  readonly yes?: true;
}

const HELP = `
Stop the worker first. The config file stays, and nothing changes in Salesforce. If this command is interrupted, run it
again.

Example:
  salesforce-connector remove --config config.yaml`;

/** Defines `remove`, which deletes a connection. */
export function removeCommand(): Command {
  return new Command('remove')
    .description('delete the connection: its Schedule, its workflows and its index')
    .option('--config <file>', 'the config file (default: from the last `npm start`)')
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
      process.stdout.write(`${printable(what)}: ${wasThere ? 'removed' : 'did not exist'}.\n`);
    const { isPolled, taskQueue } = await polling(client, config.connection, new Date());
    if (isPolled) process.stderr.write(`A worker has just polled ${taskQueue}: stop it if it is still running.\n`);
  });
}

async function isConfirmed({ connection, index }: Config): Promise<boolean> {
  const { UserError } = await import('../errors.ts');
  const { engineIndexName, indexName } = await import('../index/location.ts');
  if (!process.stdin.isTTY) throw new UserError('`remove` asks for confirmation, but there is no terminal: add --yes.');
  const question = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const names = [indexName(index), engineIndexName(index)].filter((name) => name !== null).map(printable);
    const answer = await question.question(
      `Remove connection ${connection}: its Schedule, its workflows and the index ${names.join(' with ')}? [y/N] `,
    );
    return /^y(es)?$/i.test(answer.trim());
  } catch (error) {
    // Ctrl-C and Ctrl-D mean no.
    if (error instanceof Error && error.name === 'AbortError') return false;
    throw error;
  } finally {
    question.close();
  }
}

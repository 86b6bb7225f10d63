import { Command } from 'commander';
import { packageVersion } from '../process/package-version.ts';
import { applyCommand } from './apply.ts';
import { auditCommand } from './audit.ts';
import { backfillCommand } from './backfill.ts';
import { checkCommand } from './check.ts';
import { demoCommand } from './demo.ts';
import { explainCommand } from './explain.ts';
import { mcpCommand } from './mcp.ts';
import { pauseCommand } from './pause.ts';
import { removeCommand } from './remove.ts';
import { reportError } from './report-error.ts';
import { resumeCommand } from './resume.ts';
import { sandboxCommand } from './sandbox.ts';
import { searchCommand } from './search.ts';
import { serveCommand } from './serve.ts';
import { statusCommand } from './status.ts';
import { tokenCommand } from './token.ts';
import { workerCommand } from './worker.ts';

/**
 * Returns the program with all its commands. A command loads its modules when it runs, so that a search loads no
 * Temporal code.
 */
export function program(): Command {
  return new Command('salesforce-connector')
    .description('Keeps a permission-aware search index of a Salesforce org up to date.')
    .version(packageVersion(), '--version', 'print the version')
    .showHelpAfterError('(see --help)')
    .addCommand(demoCommand())
    .addCommand(workerCommand())
    .addCommand(applyCommand())
    .addCommand(checkCommand())
    .addCommand(statusCommand())
    .addCommand(backfillCommand())
    .addCommand(pauseCommand())
    .addCommand(resumeCommand())
    .addCommand(removeCommand())
    .addCommand(searchCommand())
    .addCommand(explainCommand())
    .addCommand(auditCommand())
    .addCommand(serveCommand())
    .addCommand(tokenCommand())
    .addCommand(mcpCommand())
    .addCommand(sandboxCommand());
}

/** Runs one command line, without node and script name. Sets the exit code. */
export async function run(args: readonly string[]): Promise<void> {
  // The reader may close the pipe early: `apply | head -1`.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
  // Deprecation warnings are for the authors of libraries.
  process.noDeprecation = true;
  try {
    await program().parseAsync(args, { from: 'user' });
  } catch (error) {
    reportError(error);
    process.exitCode = 1;
  }
}

import { execFileSync, spawn } from 'node:child_process';
import { delimiter, dirname, join } from 'node:path';
import type { Ended } from '../cli/command-line.ts';

/** A slow registry and a busy machine take minutes for one installation. */
export const INSTALLATION_TIMEOUT_MS = 1_200_000;

/**
 * The environment of a user who has set nothing for npm, Temporal or Salesforce. Packages come from npm's cache first.
 */
export function plainEnvironment(programs: readonly string[] = []): NodeJS.ProcessEnv {
  const own = /^(npm_|TEMPORAL_|SALESFORCE_|NODE_OPTIONS|VITEST)/i;
  return {
    ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !own.test(name))),
    PATH: [...programs, process.env.PATH].join(delimiter),
    npm_config_prefer_offline: 'true',
    npm_config_audit: 'false',
    npm_config_fund: 'false',
    npm_config_update_notifier: 'false',
  };
}

/** npm, and the program that it has installed in a project. */
export function installed(project: string) {
  return {
    npm: (...args: string[]) =>
      execFileSync('npm', [...args, '--loglevel=error'], { cwd: project, encoding: 'utf8', env: plainEnvironment() }),
    /** @param temporal the Temporal program to find on PATH */
    async run(args: readonly string[], temporal?: string): Promise<Ended> {
      const program = spawn(join(project, 'node_modules', '.bin', 'salesforce-connector'), args, {
        cwd: project,
        env: plainEnvironment(temporal === undefined ? [] : [dirname(temporal)]),
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      let stdout = '';
      let stderr = '';
      program.stdout.on('data', (chunk) => (stdout += chunk));
      program.stderr.on('data', (chunk) => (stderr += chunk));
      const code = await new Promise<number | null>((done) => program.once('close', done));
      return { code, stdout, stderr };
    },
  };
}

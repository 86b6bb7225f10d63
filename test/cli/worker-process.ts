import { waitUntil } from '../sync/wait.ts';
import { type Started, start } from './command-line.ts';

export interface LogLine {
  readonly level: string;
  readonly event: string;
  readonly message: string;
  readonly [field: string]: unknown;
}

/** A worker under test. Its log is read as JSON. */
export interface WorkerProcess extends Started {
  lines(): LogLine[];
  /** The first line of the event that matches, once it is there. */
  line(event: string, fields?: Readonly<Record<string, unknown>>): Promise<LogLine>;
}

/** Starts the built worker for a config file, with its log as JSON. */
export function startWorkerProcess(
  config: { readonly file: string; readonly folder: string },
  args: readonly string[] = [],
  env: NodeJS.ProcessEnv = {},
): WorkerProcess {
  const started = start(['worker', '--config', config.file, '--log-format', 'json', ...args], config.folder, env);
  const lines = (): LogLine[] =>
    started
      .output()
      .split('\n')
      .filter((line) => line.endsWith('}'))
      .map((line) => JSON.parse(line));
  return {
    ...started,
    lines,
    line: (event, fields = {}) =>
      waitUntil(async () =>
        lines().find(
          (line) => line.event === event && Object.entries(fields).every(([name, value]) => line[name] === value),
        ),
      ),
  };
}

import { Command } from 'commander';
import type { ListenAddress } from '../config/monitoring.ts';
import { hasCredentials } from '../config/serve.ts';
import { UserError } from '../errors.ts';
import type { LogFormat, LogLevel } from '../worker/log/settings.ts';
import { configured } from './configured.ts';
import { logFormatOption, logLevelOption } from './log-options.ts';

interface ServeCommandOptions {
  readonly config?: string;
  readonly listen: string;
  readonly open?: true;
  readonly people?: string;
  readonly metrics?: string;
  readonly logLevel: LogLevel;
  readonly logFormat: LogFormat;
}

const HELP = `
It serves searches over HTTP: POST /v1/search, GET /v1/records/<id>, GET /v1/records/<id>/access, GET /v1/status,
GET /v1/me.
/openapi.json describes them. /healthz and /readyz are for supervisors. See docs/serve.md.

Each request needs a credential, which says who searches: a JWT of the identity provider in serve.jwt, a service token
of serve.tokens_file together with the header Act-As, or the session of a person who logged in at /login, by the
identity provider in serve.login. Put a TLS proxy in front of it.

--metrics serves /metrics for Prometheus, and also /healthz and /readyz. docs/operate.md lists the metrics.

Use --open only to try the server on this machine: a request without a credential may then search as anyone.

It writes a line to stderr for each search: who asked, for whom, and how much was found, but no words and no contents.

Example:
  salesforce-connector serve --config config.yaml --listen 127.0.0.1:8080`;

/** Defines `serve`, which serves searches over HTTP until a signal stops it. */
export function serveCommand(): Command {
  return new Command('serve')
    .description('serve searches over HTTP until SIGINT, SIGTERM or SIGHUP')
    .option('--config <file>', 'the config file (default: from the last `npm start`)')
    .option('--listen <address>', 'the address and port', '127.0.0.1:8080')
    .option('--open', 'on this machine only: search as anyone, without a credential')
    .option('--people <file>', 'with --open: the people whom the search page offers to search as, as JSON')
    .option('--metrics <address>', 'the address that serves metrics (default: none)')
    .addOption(logLevelOption())
    .addOption(logFormatOption())
    .addHelpText('after', HELP)
    .action(serveSearches);
}

async function serveSearches(options: ServeCommandOptions): Promise<void> {
  const { config: file, listen, open, people: peopleFile, metrics, logLevel, logFormat } = options;
  const config = await configured(file);
  if (file === undefined && hasCredentials(config.serve))
    throw new UserError(
      `${config.file}, from the last \`npm start\`, says who may search, which counts only in a config file given by --config: pass --config ${config.file} if you trust it.`,
    );
  const address = await addressOf('--listen', listen, '127.0.0.1:8080');
  const metricsAddress = metrics === undefined ? null : await addressOf('--metrics', metrics, '127.0.0.1:9465');
  const { createLog } = await import('../worker/log/log.ts');
  const { stopOnSignals } = await import('../process/stop.ts');
  const { packageVersion } = await import('../process/package-version.ts');
  const { serve } = await import('../serve/serve.ts');
  const { readPeople } = await import('../serve/people.ts');
  if (peopleFile !== undefined && open !== true)
    throw new UserError('--people is for a try on this machine: use it with --open, or leave it out.');
  const log = createLog({
    level: logLevel,
    format: logFormat,
    base: { connection: config.connection },
    redact: (text) => text,
    write: (line) => process.stderr.write(line),
  });
  const people = peopleFile === undefined ? [] : await readPeople(peopleFile);
  const stop = stopOnSignals();
  const isOpen = open === true;
  const version = packageVersion();
  const server = await serve(config, { address, isOpen, metrics: metricsAddress, people, version, log });
  process.stdout.write(`Serving searches at ${server.url}\n`);
  await stop.stopped.catch(() => {});
  log.info('server_stopping', 'the server is stopping: searches under way have 10 s to end');
  await server.stop();
  stop.dispose();
  // A request to Salesforce that is retried would keep the process alive.
  process.exit();
}

async function addressOf(option: string, text: string, example: string): Promise<ListenAddress> {
  const { parseListen } = await import('../config/monitoring.ts');
  const address = parseListen(text);
  if (address === null) throw new UserError(`${option} must be an address and a port, like ${example}.`);
  return address;
}

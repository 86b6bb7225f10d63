import { Command, Option } from 'commander';
import type { ListenAddress } from '../config-monitoring.ts';
import { LOG_FORMATS, LOG_LEVELS, type LogFormat, type LogLevel } from '../log/settings.ts';
import { UserError } from '../user-error.ts';
import { configured } from './configured.ts';
import { reportError } from './errors.ts';

/** Before supervisors kill: docs/operate.md tells them to wait for 15 seconds. */
const LONGEST_STOP_MS = 13_000;

interface WorkerOptions {
  readonly config?: string;
  readonly logLevel: LogLevel;
  readonly logFormat: LogFormat;
  readonly metrics?: string;
}

const HELP = `
The worker does the work of every run. On a signal it takes no new work, and has 10 seconds to reach its next
checkpoint. A second signal ends it at once. Nothing is lost: the next worker continues.

It writes its log to stderr, one entry a line. --metrics serves /metrics for Prometheus, /healthz and /readyz. If
OTEL_EXPORTER_OTLP_ENDPOINT names a collector, the metrics go there instead. docs/operate.md lists them.

Example:
  salesforce-connector worker --config config.yaml --log-format json --metrics 127.0.0.1:9464`;

/** `worker`: runs a worker of the connection's task queue until it is told to stop. */
export function workerCommand(): Command {
  return new Command('worker')
    .description("runs the connection's worker until SIGINT, SIGTERM or SIGHUP")
    .option('--config <file>', 'the config file (default: the one of the last `npm start`)')
    .addOption(
      new Option('--log-level <level>', 'the least severe entries that the log shows')
        .choices(LOG_LEVELS)
        .env('SALESFORCE_CONNECTOR_LOG_LEVEL')
        .default('info'),
    )
    .addOption(
      new Option('--log-format <format>', 'the form of the log')
        .choices(LOG_FORMATS)
        .env('SALESFORCE_CONNECTOR_LOG_FORMAT')
        .default('text'),
    )
    .addOption(
      new Option('--metrics <address>', 'the address that serves metrics (overrides the config file); off: none').env(
        'SALESFORCE_CONNECTOR_METRICS',
      ),
    )
    .addHelpText('after', HELP)
    .action(work);
}

async function work({ config: file, logLevel, logFormat, metrics }: WorkerOptions): Promise<void> {
  const config = await configured(file);
  const listen = metrics === undefined ? config.metrics.listen : await listenAddress(metrics);
  const { createLog } = await import('../log/log.ts');
  const { secretsOf } = await import('../log/secrets.ts');
  const { createRedact } = await import('../salesforce/redact.ts');
  const log = createLog({
    level: logLevel,
    format: logFormat,
    base: { connection: config.connection },
    // A worker without credentials would take tasks only to fail them: here it ends.
    redact: createRedact(await secretsOf(config)),
    write: (line) => process.stderr.write(line),
  });
  // A worker that may not write the index ends here too. A missing index is made later, by runWorker.
  await checkIndex(config.index.path);
  const { GRACE_SECONDS, runWorker } = await import('../worker.ts');
  const { stopOnSignals } = await import('../process/stop.ts');
  const stop = stopOnSignals();
  let isAtWork = false;
  stop.signal.addEventListener('abort', () => {
    // Temporal's connection cannot be told to stop connecting, and nothing is at work that could be lost.
    if (!isAtWork) {
      log.info('worker_stopped', 'the worker has stopped before it was at work');
      process.exit(0);
    }
    log.info(
      'worker_stopping',
      `the worker stops: what it does may go on to its next checkpoint for ${GRACE_SECONDS} s; a second signal ends it at once`,
    );
    setTimeout(() => {
      log.warn('worker_stopped', 'the worker ends now: Temporal does not answer its goodbye');
      process.exit(0);
    }, LONGEST_STOP_MS).unref();
  });
  const ready = () => {
    isAtWork = true;
    log.info('worker_started', 'the worker is at work; Ctrl-C ends it');
  };
  try {
    await runWorker(config, { signal: stop.signal, log, logLevel, listen, ready });
  } catch (error) {
    reportError(error);
    // Temporal's runtime would keep the process.
    process.exit(1);
  }
  log.info('worker_stopped', 'the worker has stopped');
  stop.dispose();
  // Somebody who is being told, and does not answer, would keep the process.
  process.exit();
}

async function checkIndex(path: string): Promise<void> {
  const { IndexReplacedError, openIndexWriter } = await import('../index/open.ts');
  try {
    await (await openIndexWriter({ path, create: false })).close();
  } catch (error) {
    if (!(error instanceof IndexReplacedError)) throw error;
  }
}

async function listenAddress(text: string): Promise<ListenAddress | null> {
  if (text === 'off') return null;
  const { parseListen } = await import('../config-monitoring.ts');
  const address = parseListen(text);
  if (address === null) throw new UserError('--metrics takes an address and a port, like 127.0.0.1:9464, or off.');
  return address;
}

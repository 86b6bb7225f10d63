import { Command, Option } from 'commander';
import type { ListenAddress } from '../config/monitoring.ts';
import { UserError } from '../errors.ts';
import type { IndexLocation } from '../index/location.ts';
import type { LogFormat, LogLevel } from '../worker/log/settings.ts';
import { configured } from './configured.ts';
import { logFormatOption, logLevelOption } from './log-options.ts';
import { reportError } from './report-error.ts';

/** Less than the 15 seconds that docs/operate.md has supervisors wait before they kill. */
const LONGEST_STOP_MS = 13_000;

interface WorkerOptions {
  readonly config?: string;
  readonly logLevel: LogLevel;
  readonly logFormat: LogFormat;
  readonly metrics?: string;
}

const HELP = `
The worker does the work of every run. On a signal it accepts no new work, and has 10 seconds to reach its next
checkpoint. A second signal stops it at once. Nothing is lost: the next worker continues.

It writes its log to stderr, one entry per line. --metrics serves /metrics for Prometheus, /healthz and /readyz. If
OTEL_EXPORTER_OTLP_ENDPOINT names a collector, the metrics go there instead. docs/operate.md lists the metrics.

Example:
  salesforce-connector worker --config config.yaml --log-format json --metrics 127.0.0.1:9464`;

/** Defines `worker`, which runs a worker of the connection's task queue until a signal stops it. */
export function workerCommand(): Command {
  return new Command('worker')
    .description("run the connection's worker until SIGINT, SIGTERM or SIGHUP")
    .option('--config <file>', 'the config file (default: from the last `npm start`)')
    .addOption(logLevelOption())
    .addOption(logFormatOption())
    .addOption(
      new Option('--metrics <address>', 'the address that serves metrics, or off (overrides the config file)').env(
        'SALESFORCE_CONNECTOR_METRICS',
      ),
    )
    .addHelpText('after', HELP)
    .action(work);
}

async function work({ config: file, logLevel, logFormat, metrics }: WorkerOptions): Promise<void> {
  const config = await configured(file);
  const listen = metrics === undefined ? config.metrics.listen : await listenAddress(metrics);
  const { createLog } = await import('../worker/log/log.ts');
  const { secretsOf } = await import('../worker/log/secrets.ts');
  const { createRedact } = await import('../salesforce/redact.ts');
  const log = createLog({
    level: logLevel,
    format: logFormat,
    base: { connection: config.connection },
    // Without credentials a worker would take tasks only to fail them, so it ends here.
    redact: createRedact(await secretsOf(config)),
    write: (line) => process.stderr.write(line),
  });
  // Without the right to write the index the worker also ends here. runWorker creates a missing index later.
  await checkIndex(config.index);
  const { GRACE_SECONDS, runWorker } = await import('../worker/run-worker.ts');
  const { stopOnSignals } = await import('../process/stop.ts');
  const stop = stopOnSignals();
  let isAtWork = false;
  stop.signal.addEventListener('abort', () => {
    // There is no way to stop Temporal's connection from connecting. No work is running that could be lost.
    if (!isAtWork) {
      log.info('worker_stopped', 'the worker stopped before it was ready');
      process.exit(0);
    }
    log.info(
      'worker_stopping',
      `the worker is stopping: it has ${GRACE_SECONDS} s to reach its next checkpoint; a second signal stops it at once`,
    );
    setTimeout(() => {
      log.warn('worker_stopped', 'the worker stops now: Temporal did not confirm the shutdown');
      process.exit(0);
    }, LONGEST_STOP_MS).unref();
  });
  const ready = () => {
    isAtWork = true;
    log.info('worker_started', 'the worker is running; Ctrl-C stops it');
  };
  try {
    await runWorker(config, { signal: stop.signal, log, logLevel, listen, ready });
  } catch (error) {
    reportError(error);
    // Temporal's runtime would keep the process alive.
    process.exit(1);
  }
  log.info('worker_stopped', 'the worker has stopped');
  stop.dispose();
  // A notification without an answer would keep the process alive.
  process.exit();
}

async function checkIndex(index: IndexLocation): Promise<void> {
  const { IndexReplacedError, openRunStore } = await import('../index/open.ts');
  try {
    await (await openRunStore({ index, create: false })).close();
  } catch (error) {
    if (!(error instanceof IndexReplacedError)) throw error;
  }
}

async function listenAddress(text: string): Promise<ListenAddress | null> {
  if (text === 'off') return null;
  const { parseListen } = await import('../config/monitoring.ts');
  const address = parseListen(text);
  if (address === null) throw new UserError('--metrics must be an address and a port, like 127.0.0.1:9464, or off.');
  return address;
}

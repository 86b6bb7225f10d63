import { Command } from 'commander';

/** `worker`: runs a worker of the connection's task queue until it is told to stop. */
export function workerCommand(): Command {
  return new Command('worker')
    .description("runs a worker of the connection's task queue until SIGINT, SIGTERM or SIGHUP")
    .option('--config <file>', 'the config file; without it: the last `npm start`')
    .addHelpText('after', '\nExample:\n  salesforce-connector worker --config config.yaml')
    .action(work);
}

async function work({ config: file }: { config?: string }): Promise<void> {
  const { loadConfig } = await import('../config.ts');
  const config = await loadConfig(file);
  // A worker without credentials, or without an index to write, would take tasks only to fail them.
  await config.credentials();
  const { openIndexWriter } = await import('../index/open.ts');
  const index = await openIndexWriter({ path: config.index.path, create: true });
  await index.close();
  const { GRACE_SECONDS, runWorker } = await import('../worker.ts');
  const { stopOnSignals } = await import('../process/stop.ts');
  const stop = stopOnSignals();
  const say = (what: string) => process.stderr.write(`Worker of ${config.connection} ${what}.\n`);
  stop.signal.addEventListener('abort', () =>
    say(`stops: what it does may go on to its next checkpoint for ${GRACE_SECONDS} s; a second signal ends it at once`),
  );
  await runWorker(config, { signal: stop.signal, ready: () => say('is at work; Ctrl-C ends it') });
  stop.dispose();
}

import { Command } from 'commander';

/** `worker`: runs a worker of the connection's task queue until it is told to stop. */
export function workerCommand(): Command {
  return new Command('worker')
    .description("runs a worker of the connection's task queue until SIGINT or SIGTERM")
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
  const { runWorker } = await import('../worker.ts');
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop.abort());
  await runWorker(config, {
    signal: stop.signal,
    ready: () => process.stderr.write(`Worker of ${config.connection} is at work; Ctrl-C ends it.\n`),
  });
}

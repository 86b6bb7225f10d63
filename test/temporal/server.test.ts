import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { freePort } from '../../src/process/ports.ts';
import { fetchTemporal } from '../../src/temporal/binaries.ts';
import { connectClient, temporalSettings } from '../../src/temporal/connect.ts';
import { startDevServer } from '../../src/temporal/server.ts';

let folder: string;
let binary: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'server-'));
  binary = await fetchTemporal('temporal');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it('the dev server answers, serves its Web UI, keeps closed runs for 30 days, and finds its state again', async () => {
  const options = { binary, database: join(folder, 'temporal.db'), log: join(folder, 'log') };
  const first = await startDevServer(options);
  const client = await connectClient(temporalSettings(folder, { TEMPORAL_ADDRESS: first.address }));
  const { config } = await client.workflowService.describeNamespace({ namespace: first.namespace });
  expect(Number(config?.workflowExecutionRetentionTtl?.seconds)).toBe(30 * 24 * 3600);
  expect((await fetch(first.uiUrl)).status).toBe(200);
  await client.workflow.start('Anything', { workflowId: 'kept', taskQueue: 'none' });
  await client.connection.close();
  await first.stop();

  const second = await startDevServer(options);
  const again = await connectClient(temporalSettings(folder, { TEMPORAL_ADDRESS: second.address }));
  expect((await again.workflow.getHandle('kept').describe()).status.name).toBe('RUNNING');
  await again.connection.close();
  await second.stop();
});

it('a dev server that ends at once is an error with its last words', async () => {
  const started = startDevServer({
    binary,
    database: join(folder, 'no', 'such', 'folder.db'),
    log: join(folder, 'early'),
  });
  await expect(started).rejects.toThrow(
    /The Temporal dev server exited immediately; its log .*early says:\n.*no such file/is,
  );
});

it('a missing server is reported in one line that names the address and the variable', async () => {
  const address = `127.0.0.1:${await freePort()}`;
  const connecting = connectClient(temporalSettings(folder, { TEMPORAL_ADDRESS: address }));
  await expect(connecting).rejects.toThrow(
    new RegExp(`^No Temporal server answers at ${address} \\(.*\\): .*TEMPORAL_ADDRESS .*\\.$`),
  );
});

it('settings come from a temporal.toml next to the config file, unless the environment overrides them', async () => {
  const configFile = join(folder, 'config.yaml');
  await writeFile(join(folder, 'temporal.toml'), '[profile.default]\naddress = "127.0.0.1:1"\nnamespace = "own"\n');
  await writeFile(join(folder, 'other.toml'), '[profile.default]\naddress = "127.0.0.1:3"\n');
  const settings = (env: NodeJS.ProcessEnv) => temporalSettings(configFile, env);
  expect(settings({})).toMatchObject({ address: '127.0.0.1:1', namespace: 'own' });
  expect(settings({ TEMPORAL_ADDRESS: '127.0.0.1:2' })).toMatchObject({ address: '127.0.0.1:2', namespace: 'own' });
  expect(settings({ TEMPORAL_CONFIG_FILE: join(folder, 'other.toml') })).toMatchObject({
    address: '127.0.0.1:3',
    namespace: 'default',
  });
  expect(temporalSettings('/nowhere/config.yaml', { HOME: '/nowhere' }).address).toBe('localhost:7233');
  expect(() => settings({ TEMPORAL_PROFILE: 'unknown' })).toThrow("Temporal's settings cannot be read");
});

it("the environment's key goes only to its own address, never to that of a temporal.toml", async () => {
  const here = await mkdtemp(join(tmpdir(), 'temporal-key-'));
  const configFile = join(here, 'config.yaml');
  await writeFile(join(here, 'temporal.toml'), '[profile.default]\naddress = "127.0.0.1:1"\n');
  const settings = (env: NodeJS.ProcessEnv) => () => temporalSettings(configFile, { HOME: here, ...env });
  for (const name of ['TEMPORAL_API_KEY', 'TEMPORAL_GRPC_META_AUTHORIZATION']) {
    expect(settings({ [name]: 'HUSHHUSH' })).toThrow(
      `${name} from the environment is not sent to the address in ${here}`,
    );
    expect(settings({ [name]: 'HUSHHUSH' })).not.toThrow('HUSH');
    expect(settings({ [name]: 'HUSHHUSH', TEMPORAL_ADDRESS: '127.0.0.1:2' })().address).toBe('127.0.0.1:2');
  }
  await rm(here, { recursive: true });
});

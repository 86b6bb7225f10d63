import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EVERYTHING_OF_SANDBOX, type Peer } from './peer.ts';
import { runPeer } from './run-peer.ts';

interface Discovered {
  readonly catalog?: { readonly streams: readonly { readonly name: string }[] };
}

/** Airbyte's source-salesforce. */
export const AIRBYTE: Peer = {
  name: 'Airbyte source-salesforce',
  program: join('airbyte', 'bin', 'source-salesforce'),
  // It reads the others by Bulk API, which the sandbox does not have. These have address fields, which Bulk API lacks.
  objects: ['Account', 'Contact', 'Lead'],
  async read(program, objects, place) {
    const [config, catalog] = [join(place.work, 'config.json'), join(place.work, 'catalog.json')];
    writeFileSync(
      config,
      JSON.stringify({
        ...EVERYTHING_OF_SANDBOX,
      }),
    );
    const { messages } = await runPeer(program, ['discover', '--config', config], place);
    const found = messages.map((line) => JSON.parse(line) as Discovered).find((message) => message.catalog);
    const streams = (found?.catalog?.streams ?? [])
      .filter(({ name }) => objects.includes(name))
      .map((stream) => ({ stream, sync_mode: 'full_refresh', destination_sync_mode: 'overwrite' }));
    writeFileSync(catalog, JSON.stringify({ streams }));
    return () => runPeer(program, ['read', '--config', config, '--catalog', catalog], place);
  },
};

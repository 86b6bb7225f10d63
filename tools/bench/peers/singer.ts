import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EVERYTHING_OF_SANDBOX, type Peer } from './peer.ts';
import { runPeer } from './run-peer.ts';

interface Catalog {
  readonly streams: readonly {
    readonly stream: string;
    readonly metadata: readonly { readonly breadcrumb: readonly string[]; readonly metadata: object }[];
  }[];
}

/** Singer's tap-salesforce. */
export const SINGER: Peer = {
  name: 'Singer tap-salesforce',
  program: join('singer', 'bin', 'tap-salesforce'),
  objects: ['Account', 'Contact', 'Case', 'Opportunity', 'Lead'],
  async read(program, objects, place) {
    const [config, catalog] = [join(place.work, 'config.json'), join(place.work, 'catalog.json')];
    writeFileSync(
      config,
      JSON.stringify({
        ...EVERYTHING_OF_SANDBOX,
        api_type: 'REST',
        select_fields_by_default: true,
      }),
    );
    const { messages } = await runPeer(program, ['--config', config, '--discover'], place);
    const { streams } = JSON.parse(messages.join('\n')) as Catalog;
    const selected = streams
      .filter(({ stream }) => objects.includes(stream))
      .map((stream) => ({
        ...stream,
        metadata: stream.metadata.map((entry) =>
          entry.breadcrumb.length > 0 ? entry : { ...entry, metadata: { ...entry.metadata, selected: true } },
        ),
      }));
    writeFileSync(catalog, JSON.stringify({ streams: selected }));
    return () => runPeer(program, ['--config', config, '--properties', catalog], place);
  },
};

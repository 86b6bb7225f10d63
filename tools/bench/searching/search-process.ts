// A program. Searches an index with the library of a checkout, as its parent asks.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { watchLoopDelay } from '../deployment/watch-loop-delay.ts';
import type { Answered, Asked } from './messages.ts';

type Library = Pick<typeof import('../../../src/library.ts'), 'openIndex' | 'UserNotServedError'>;

const LIMIT = 20;
const [library = '', index = ''] = process.argv.slice(2);
const { openIndex, UserNotServedError } = (await import(pathToFileURL(library).href)) as Library;
const reader = await openIndex({ baseUrl: 'https://bench.my.salesforce.com', index: JSON.parse(index) });
const delays = watchLoopDelay();

async function answer({ searches, parallel }: Asked): Promise<Answered> {
  const times = new Array<number>(searches.length);
  const [began, used, left] = [performance.now(), process.cpuUsage(), searches.entries()];
  let [hits, refused] = [0, 0];
  delays.take();
  const searchOn = async (): Promise<void> => {
    for (const [nth, { as, words }] of left) {
      const asked = performance.now();
      // As in a server, which gets each search as an event of its own.
      await nextTurn();
      try {
        const found = await reader.search(words, { as, limit: LIMIT });
        // Not in the line above: others add to it while this search is under way.
        hits += found.hits.length;
        times[nth] = performance.now() - asked;
      } catch (error) {
        if (!(error instanceof UserNotServedError)) throw error;
        refused += 1;
      }
    }
  };
  await Promise.all(Array.from({ length: parallel }, searchOn));
  const { user, system } = process.cpuUsage(used);
  const seconds = (performance.now() - began) / 1e3;
  // The last delay counts when the loop turns.
  await nextTurn();
  const answered = times.filter((time) => time !== undefined);
  return { times: answered, hits, refused, seconds, cpuSeconds: (user + system) / 1e6, loopDelay: delays.take() };
}

process.on('message', (asked: Asked) => void answer(asked).then((answered) => process.send?.(answered)));
process.on('disconnect', () => void reader.close().finally(() => process.exit()));
process.send?.('ready');

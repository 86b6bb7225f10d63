import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { UserError } from '../../src/errors.ts';
import { type Checkout, checkouts } from './deployment/checkout.ts';
import { orgFolder } from './deployment/org-folder.ts';
import { secondsSinceStart, usageOf } from './deployment/process-usage.ts';
import { readFlags, wholeNumber } from './flags.ts';
import { median } from './median.ts';
import { percentile } from './percentile.ts';
import type { Asked, Search, Timed } from './searching/messages.ts';
import { textsOf, userIds } from './searching/org-texts.ts';
import { countWords, drawSearches, questionsFor } from './searching/questions.ts';
import { startSearcher } from './searching/search-processes.ts';
import { startSearchServer } from './searching/search-server.ts';
import { asOne, type Compared, serveTable } from './searching/serve-report.ts';
import { grouped, inTurns, machineLoad } from './side-by-side.ts';

const FLAGS = {
  usage: 'npm run bench -- serve --index <file> [--accounts N] [--seed N] [--org <folder>] [--searches N]',
  options: {
    index: { type: 'string' },
    accounts: { type: 'string', default: '100000' },
    seed: { type: 'string', default: '1' },
    org: { type: 'string' },
    searches: { type: 'string', default: '2000' },
  },
} as const;

const AT_ONCE = [1, 8, 32];
const ROUNDS = 3;
const STARTS = 5;
const UNMEASURED = 60;

/** A process that answers searches, over HTTP or as a program that has the library. */
interface Asking {
  readonly pid: number;
  ask(asked: Asked): Promise<Timed>;
  stop(): void | Promise<void>;
}

/**
 * Asks the same questions over HTTP and with the library alone, in turns, as users of the org from which the index was
 * filled. The library is in a process of its own, and has as many callers as the server has clients.
 */
export async function benchServe(args: readonly string[]): Promise<void> {
  if (process.platform !== 'linux')
    throw new UserError('This bench needs Linux, because it reads what processes use from /proc.');
  const flags = readFlags(args, FLAGS);
  const [accounts, seed] = [wholeNumber('accounts', flags.accounts, 1), wholeNumber('seed', flags.seed, 0)];
  const count = wholeNumber('searches', flags.searches, 1);
  const index = indexFile(flags.index);
  const folder = await orgFolder({ org: flags.org, accounts, seed });
  const questions = questionsFor(countWords(await textsOf(folder)), seed);
  const searches = drawSearches(questions, await userIds(folder), { count, seed });
  const [checkout] = (await checkouts(undefined)) as readonly [Checkout];
  const sides = {
    server: () => startSearchServer(checkout, index),
    library: () => startSearcher(checkout, { path: index }),
  };
  process.stdout.write(
    `${grouped(searches.length, 0)} searches as users of ${folder}, pages of 20, ${ROUNDS} times in turns\n`,
  );
  const starts = await measureStarts(sides, searches);
  const server = await sides.server();
  try {
    const library = await sides.library();
    try {
      const compared = await compare(server, library, searches);
      process.stdout.write(serveTable(compared));
      const refused = (compared[0]?.server.refused ?? 0) / ROUNDS;
      const bare = (await server.bareRequests()).toSorted((one, other) => one - other);
      const [ofServer, ofLibrary] = [usageOf(server.pid), usageOf(library.pid)];
      process.stdout.write(
        `refused in each round, for users who cannot search: ${grouped(refused, 0)}
from start to first answer, s: server ${starts.server.toFixed(2)}, library ${starts.library.toFixed(2)}
highest memory, MB: server ${grouped(ofServer.peakMegabytes, 0)}, library ${grouped(ofLibrary.peakMegabytes, 0)}
CPU since their start, s: server ${ofServer.cpuSeconds.toFixed(1)}, library ${ofLibrary.cpuSeconds.toFixed(1)}
a request that searches nothing, ms: p50 ${percentile(bare, 0.5).toFixed(2)}, p95 ${percentile(bare, 0.95).toFixed(2)}
${availableParallelism()} cores, which the clients share; ${machineLoad()}
`,
      );
    } finally {
      library.stop();
    }
  } finally {
    await server.stop();
  }
}

function indexFile(named: string | undefined): string {
  if (named === undefined)
    throw new UserError(
      '--index is missing: name an index file. `npm run bench -- search` fills one, and says where it is.',
    );
  if (existsSync(named)) return named;
  throw new UserError(`--index: there is no ${named}.`);
}

/** Returns the seconds from the start of a process to its first answer, of each side. */
async function measureStarts(
  sides: Readonly<Record<'server' | 'library', () => Promise<Asking>>>,
  [first]: readonly Search[],
): Promise<Readonly<Record<'server' | 'library', number>>> {
  const seconds = { server: [] as number[], library: [] as number[] };
  await inTurns(STARTS, ['server', 'library'] as const, async (side) => {
    const started = await sides[side]();
    await started.ask({ searches: first === undefined ? [] : [first], parallel: 1 });
    seconds[side].push(secondsSinceStart(started.pid));
    await started.stop();
  });
  return { server: median(seconds.server), library: median(seconds.library) };
}

async function compare(server: Asking, library: Asking, searches: readonly Search[]): Promise<readonly Compared[]> {
  // Compiles the code, and reads a part of the file.
  for (const side of [server, library]) {
    const { times } = await side.ask({ searches: searches.slice(0, UNMEASURED), parallel: 1 });
    if (times.length === 0)
      throw new UserError('No user of the org can search the index: name the org from which it was filled with --org.');
  }
  const compared: Compared[] = [];
  for (const atOnce of AT_ONCE) {
    const rounds = { server: [] as Timed[], library: [] as Timed[] };
    await inTurns(ROUNDS, ['server', 'library'] as const, async (name) => {
      const side = name === 'server' ? server : library;
      rounds[name].push(await side.ask({ searches, parallel: atOnce }));
    });
    const each = { server: asOne(rounds.server), library: asOne(rounds.library) };
    refuseOtherAnswers(each);
    compared.push({ atOnce, ...each });
  }
  return compared;
}

/** Both must answer the same: else the times are not of the same work. */
function refuseOtherAnswers({ server, library }: Omit<Compared, 'atOnce'>): void {
  if (server.hits === library.hits && server.refused === library.refused) return;
  throw new UserError(
    `The server found ${server.hits} hits and refused ${server.refused} searches, the library ${library.hits} and ${library.refused}: let no run write the index meanwhile.`,
  );
}

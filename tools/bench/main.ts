import { UserError } from '../../src/errors.ts';
import { benchBackfill } from './backfill.ts';
import { benchFields } from './fields.ts';
import { benchFilters } from './filters.ts';
import { benchIdle } from './idle.ts';
import { benchLongTexts } from './long-texts.ts';
import { benchMembership } from './membership.ts';
import { benchOpenSearch } from './opensearch.ts';
import { benchPeers } from './peers.ts';
import { benchRanking } from './ranking.ts';
import { benchSearch } from './search.ts';
import { benchSearchRoles } from './search-roles.ts';
import { benchServe } from './serve.ts';
import { benchShares } from './shares.ts';
import { benchWrite } from './write.ts';

const BENCHES: Readonly<Record<string, (args: readonly string[]) => Promise<void>>> = {
  backfill: benchBackfill,
  fields: benchFields,
  filters: benchFilters,
  idle: benchIdle,
  'long-texts': benchLongTexts,
  membership: benchMembership,
  opensearch: benchOpenSearch,
  peers: benchPeers,
  ranking: benchRanking,
  search: benchSearch,
  'search-roles': benchSearchRoles,
  serve: benchServe,
  shares: benchShares,
  write: benchWrite,
};

const [named = '', ...args] = process.argv.slice(2);
const bench = Object.hasOwn(BENCHES, named) ? BENCHES[named] : undefined;
const usage = `npm run bench -- ${Object.keys(BENCHES).join(' | ')}`;
if (named === '--help' || named === '-h') process.stdout.write(`${usage}\n`);
else if (bench === undefined) {
  process.stderr.write(named === '' ? `Name a bench: ${usage}\n` : `There is no bench '${named}'. Run ${usage}\n`);
  process.exitCode = 1;
} else
  try {
    await bench(args);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }

import { benchFields } from './fields.ts';
import { benchFilters } from './filters.ts';
import { benchLongTexts } from './long-texts.ts';
import { benchMembership } from './membership.ts';
import { benchRanking } from './ranking.ts';
import { benchSearch } from './search.ts';
import { benchShares } from './shares.ts';

const BENCHES: Readonly<Record<string, (args: readonly string[]) => Promise<void>>> = {
  fields: benchFields,
  filters: benchFilters,
  'long-texts': benchLongTexts,
  membership: benchMembership,
  ranking: benchRanking,
  search: benchSearch,
  shares: benchShares,
};

const [named = '', ...args] = process.argv.slice(2);
const bench = BENCHES[named];
if (bench === undefined) {
  process.stderr.write(`There is no bench '${named}'. Say npm run bench -- ${Object.keys(BENCHES).join(' | ')}\n`);
  process.exitCode = 1;
} else await bench(args);

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
const bench = Object.hasOwn(BENCHES, named) ? BENCHES[named] : undefined;
const usage = `npm run bench -- ${Object.keys(BENCHES).join(' | ')}`;
if (named === '--help' || named === '-h') process.stdout.write(`${usage}\n`);
else if (bench === undefined) {
  process.stderr.write(named === '' ? `Name a bench: ${usage}\n` : `There is no bench '${named}'. Run ${usage}\n`);
  process.exitCode = 1;
} else await bench(args);

import { benchMembership } from './membership.ts';
import { benchSearch } from './search.ts';

const BENCHES: Readonly<Record<string, () => Promise<void>>> = { membership: benchMembership, search: benchSearch };

const [named = ''] = process.argv.slice(2);
const bench = BENCHES[named];
if (bench === undefined) {
  process.stderr.write(`There is no bench '${named}'. Say npm run bench -- ${Object.keys(BENCHES).join(' | ')}\n`);
  process.exitCode = 1;
} else await bench();

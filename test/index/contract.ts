import { describe } from 'vitest';
import { accounts } from './contract/accounts.ts';
import { admission } from './contract/admission.ts';
import { backfill } from './contract/backfill.ts';
import { blocked } from './contract/blocked.ts';
import { clock } from './contract/clock.ts';
import { columns } from './contract/columns.ts';
import { concurrency } from './contract/concurrency.ts';
import { counts } from './contract/counts.ts';
import { fence } from './contract/fence.ts';
import { fields } from './contract/fields.ts';
import { filters } from './contract/filters.ts';
import { hits } from './contract/hits.ts';
import { identity } from './contract/identity.ts';
import { inspect } from './contract/inspect.ts';
import { ledger } from './contract/ledger.ts';
import { membership } from './contract/membership.ts';
import { model } from './contract/model.ts';
import { orgTables } from './contract/org-tables.ts';
import { orphanedPrincipals } from './contract/orphaned-principals.ts';
import { pages } from './contract/pages.ts';
import { reach } from './contract/reach.ts';
import { secrecy } from './contract/secrecy.ts';
import { closeAfterEach, type NewIndex } from './contract/setup.ts';
import { staleness } from './contract/staleness.ts';
import { sweep } from './contract/sweep.ts';
import { unindexed } from './contract/unindexed.ts';
import { users } from './contract/users.ts';
import { versions } from './contract/versions.ts';
import { words } from './contract/words.ts';

const PARTS = {
  identity,
  fence,
  admission,
  clock,
  versions,
  counts,
  accounts,
  backfill,
  blocked,
  sweep,
  staleness,
  ledger,
  unindexed,
  membership,
  orphanedPrincipals,
  orgTables,
  users,
  reach,
  words,
  fields,
  filters,
  hits,
  columns,
  inspect,
  pages,
  secrecy,
  concurrency,
  model,
} as const;

/**
 * The promises of every engine (src/index/port/), as tests. `skip`: the parts that an engine cannot keep, with the
 * reason, which the title shows.
 */
export function contract(
  newIndex: NewIndex,
  { skip = {} }: { skip?: Partial<Record<keyof typeof PARTS, string>> } = {},
) {
  for (const [name, part] of Object.entries(PARTS)) {
    const reason = skip[name as keyof typeof PARTS];
    if (reason !== undefined) describe.skip(`${name} (left out: ${reason})`, () => part(newIndex));
    else
      describe(name, () => {
        closeAfterEach();
        part(newIndex);
      });
  }
}

import type { ContactDerivation } from '../../access/types.ts';
import { OBJECT_NAMES, type ObjectName } from '../../objects/index.ts';
import { SearchRefusedError } from '../errors.ts';
import type { Staleness } from '../staleness.ts';
import type { Database } from './database.ts';

/** The index's own notes, one row each. */
export interface Meta {
  readonly indexId: string;
  readonly organizationId: string | null;
  readonly refusedOrganizationId: string | null;
  readonly highestRun: number;
  readonly selection: string | null;
  readonly backfillStart: string | null;
  /** Objects of which the open backfill may take away as much as it does not meet. */
  readonly unguarded: readonly ObjectName[];
  /** The derivation by which contacts are written now; null before the first backfill. */
  readonly contacts: ContactDerivation | null;
  /** Whether there are contacts of the other derivation still. */
  readonly contactsMixed: boolean;
  /** The membership generation that counts. */
  readonly generation: number | null;
  readonly staleness: Staleness;
}

const KEYS: Readonly<Record<Exclude<keyof Meta, 'staleness'>, string>> = {
  indexId: 'index_id',
  organizationId: 'organization_id',
  refusedOrganizationId: 'refused_organization_id',
  highestRun: 'highest_run',
  selection: 'selection',
  backfillStart: 'backfill_start',
  unguarded: 'unguarded',
  contacts: 'contacts',
  contactsMixed: 'contacts_mixed',
  generation: 'generation',
};

/** What the first versions called the list of stale objects. */
const STALE = 'unswept';
const SEEN = 'seen';

export function readMeta(db: Database): Meta {
  const rows = new Map(db.all<[string, string]>('select key, value from meta'));
  const text = (key: keyof typeof KEYS): string | null => rows.get(KEYS[key]) ?? null;
  const contacts = text('contacts');
  const generation = text('generation');
  return {
    indexId: text('indexId') ?? '',
    organizationId: text('organizationId'),
    refusedOrganizationId: text('refusedOrganizationId'),
    highestRun: Number(text('highestRun') ?? 0),
    selection: text('selection'),
    backfillStart: text('backfillStart'),
    unguarded: OBJECT_NAMES.filter((name) => text('unguarded')?.split(',').includes(name)),
    contacts: contacts === 'controlled' || contacts === 'own' ? contacts : null,
    contactsMixed: text('contactsMixed') === 'true',
    generation: generation === null ? null : Number(generation),
    staleness: {
      seen: JSON.parse(rows.get(SEEN) ?? '{}') as Staleness['seen'],
      stale: JSON.parse(rows.get(STALE) ?? '[]') as Staleness['stale'],
    },
  };
}

/** The membership generation by which questions are answered. Throws `SearchRefusedError` where none are. */
export function answeringGeneration(db: Database): number {
  const { generation, organizationId, refusedOrganizationId } = readMeta(db);
  if (refusedOrganizationId !== null)
    throw new SearchRefusedError(
      `The index holds organization ${organizationId}, and ${refusedOrganizationId} answers in its place. ` +
        'If that is meant, run `apply --replace-org`.',
    );
  if (generation === null)
    throw new SearchRefusedError('Nothing can be searched yet: the first run has not read who may see what.');
  return generation;
}

/** Sets what is given; null takes a note away. */
export function writeMeta(db: Database, changes: Partial<Omit<Meta, 'indexId' | 'staleness'>>): void {
  for (const [key, value] of Object.entries(changes)) {
    const stored = KEYS[key as keyof typeof KEYS];
    if (value === null) db.run('delete from meta where key = ?', stored);
    else db.run('insert or replace into meta (key, value) values (?, ?)', stored, String(value));
  }
}

/** Notes what is known of what was seen. */
export function writeStaleness(db: Database, { seen, stale }: Staleness): void {
  for (const [key, value] of [
    [SEEN, seen],
    [STALE, stale],
  ] as const)
    db.run('insert or replace into meta (key, value) values (?, ?)', key, JSON.stringify(value));
}

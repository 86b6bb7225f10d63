import type { z } from 'zod';
import { OBJECT_NAMES, type ObjectName } from '../../../objects/index.ts';
import type { BackfillNotes } from '../../model/backfill.ts';
import type { KnownRuns } from '../../model/fence.ts';
import type { Staleness } from '../../model/staleness.ts';
import type { BlockedStream, KnownQuerySizes, PassNote } from '../../port/progress.ts';
import type { IndexState } from '../../port/state.ts';
import type { Database } from '../file/database.ts';
import {
  BLOCKED as BLOCKED_FORM,
  PASS as PASS_FORM,
  QUERY_SIZES as QUERY_SIZES_FORM,
  SEEN as SEEN_FORM,
  SHARE_LOOKS as SHARE_LOOKS_FORM,
  STALE as STALE_FORM,
} from '../file/forms.ts';
import { Damage, isTime, jsonOf, text } from '../file/stored.ts';

/** The index's own notes, one row each. */
export interface Meta extends KnownRuns, BackfillNotes {
  readonly refusedOrganizationId: string | null;
  /** The current membership generation. */
  readonly generation: number | null;
  /** No document, share rows or unindexed record has a higher version. */
  readonly highestVersion: number;
  readonly pass: PassNote | null;
  readonly staleness: Staleness;
  readonly blocked: readonly BlockedStream[];
  readonly shareLooks: IndexState['shareLooks'];
}

type Texts = Omit<Meta, 'pass' | 'staleness' | 'blocked' | 'shareLooks'>;

const KEYS: Readonly<Record<keyof Texts, string>> = {
  indexId: 'index_id',
  organizationId: 'organization_id',
  refusedOrganizationId: 'refused_organization_id',
  highestRun: 'highest_run',
  admittedRun: 'admitted_run',
  admittedStart: 'admitted_start',
  admittedObjects: 'admitted_objects',
  schema: 'selection',
  backfillStart: 'backfill_start',
  lastBackfill: 'last_backfill',
  backfillObjects: 'backfill_objects',
  unguarded: 'unguarded',
  contacts: 'contacts',
  contactsMixed: 'contacts_mixed',
  contactsChangedIn: 'contacts_changed_in',
  generation: 'generation',
  highestVersion: 'highest_version',
};

/** The key that the first versions used for the list of stale objects. */
const STALE = 'unswept';
const SEEN = 'seen';
const PASS = 'pass';
const BLOCKED = 'blocked';
const SHARE_LOOKS = 'share_looks';
const QUERY_SIZES = 'query_sizes';

const ROW = [text('key'), text('value')] as const;

export function readMeta(db: Database): Meta {
  const rows = new Map(db.all(ROW, 'from meta'));
  const textOf = (key: keyof typeof KEYS): string | null => rows.get(KEYS[key]) ?? null;
  const contacts = textOf('contacts');
  const number = (key: keyof typeof KEYS): number | null => {
    const stored = textOf(key);
    if (stored === null) return null;
    if (!/^-?\d{1,16}$/.test(stored)) throw new Damage(`its note ${KEYS[key]} is not a whole number`);
    return Number(stored);
  };
  const time = (key: keyof typeof KEYS): string | null => {
    const stored = textOf(key);
    if (stored !== null && !isTime(stored)) throw new Damage(`its note ${KEYS[key]} is not a time`);
    return stored;
  };
  const objects = (key: keyof typeof KEYS): ObjectName[] =>
    OBJECT_NAMES.filter((name) => textOf(key)?.split(',').includes(name));
  const note = <Value>(key: string, form: z.ZodType<Value>): Value | undefined => {
    const stored = rows.get(key);
    return stored === undefined ? undefined : jsonOf(stored, form);
  };
  return {
    indexId: textOf('indexId') ?? '',
    organizationId: textOf('organizationId'),
    refusedOrganizationId: textOf('refusedOrganizationId'),
    highestRun: number('highestRun') ?? 0,
    admittedRun: number('admittedRun'),
    admittedStart: time('admittedStart'),
    admittedObjects: textOf('admittedObjects') === null ? null : objects('admittedObjects'),
    schema: textOf('schema'),
    backfillStart: time('backfillStart'),
    lastBackfill: time('lastBackfill'),
    backfillObjects: textOf('backfillObjects') === null ? null : objects('backfillObjects'),
    unguarded: objects('unguarded'),
    contacts: contacts === 'controlled' || contacts === 'own' ? contacts : null,
    contactsMixed: textOf('contactsMixed') === 'true',
    contactsChangedIn: time('contactsChangedIn'),
    generation: number('generation'),
    highestVersion: number('highestVersion') ?? 0,
    pass: note(PASS, PASS_FORM) ?? null,
    staleness: {
      seen: note(SEEN, SEEN_FORM) ?? {},
      stale: note(STALE, STALE_FORM) ?? [],
    },
    blocked: note(BLOCKED, BLOCKED_FORM) ?? [],
    shareLooks: note(SHARE_LOOKS, SHARE_LOOKS_FORM) ?? {},
  };
}

/** Writes the given notes. A null deletes a note. */
export function writeMeta(db: Database, changes: Partial<Omit<Texts, 'indexId'>>): void {
  for (const [key, value] of Object.entries(changes)) {
    const stored = KEYS[key as keyof typeof KEYS];
    if (value === null) db.run('delete from meta where key = ?', stored);
    else db.run('insert or replace into meta (key, value) values (?, ?)', stored, String(value));
  }
}

/** Notes that this version was written. Call it in the transaction that writes it. */
export function noteVersion(db: Database, { highestVersion }: Meta, version: number): void {
  if (version > highestVersion) writeMeta(db, { highestVersion: version });
}

/** Writes what is known about visibility. */
export function writeStaleness(db: Database, { seen, stale }: Staleness): void {
  for (const [key, value] of [
    [SEEN, seen],
    [STALE, stale],
  ] as const)
    db.run('insert or replace into meta (key, value) values (?, ?)', key, JSON.stringify(value));
}

/** Writes the progress of the run's incremental pass. A null deletes the note. */
export function writePass(db: Database, pass: PassNote | null): void {
  if (pass === null) db.run('delete from meta where key = ?', PASS);
  else db.run('insert or replace into meta (key, value) values (?, ?)', PASS, JSON.stringify(pass));
}

export function writeBlocked(db: Database, blocked: readonly BlockedStream[]): void {
  if (blocked.length === 0) db.run('delete from meta where key = ?', BLOCKED);
  else db.run('insert or replace into meta (key, value) values (?, ?)', BLOCKED, JSON.stringify(blocked));
}

export function writeShareLooks(db: Database, looks: IndexState['shareLooks']): void {
  if (Object.keys(looks).length === 0) db.run('delete from meta where key = ?', SHARE_LOOKS);
  else db.run('insert or replace into meta (key, value) values (?, ?)', SHARE_LOOKS, JSON.stringify(looks));
}

export function readQuerySizes(db: Database): KnownQuerySizes | null {
  const stored = db.value(text('value'), 'from meta where key = ?', QUERY_SIZES);
  return stored === undefined ? null : jsonOf(stored, QUERY_SIZES_FORM);
}

export function writeQuerySizes(db: Database, known: KnownQuerySizes): void {
  db.run('insert or replace into meta (key, value) values (?, ?)', QUERY_SIZES, JSON.stringify(known));
}

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { indexAt } from '../../src/index/location.ts';
import {
  type IndexInspector,
  type IndexReader,
  openIndexReader,
  openInspector,
  UserNotServedError,
} from '../../src/index/open.ts';
import { recordAccess } from '../../src/salesforce/record-access.ts';
import { wordIn } from '../access/cases/field-org.ts';
import { clientOf } from '../salesforce/scripted-org.ts';
import { caseOrgs, type PlacedCase } from './case-org.ts';
import { type SandboxOrg, sandboxOrg } from './sandbox-org.ts';
import { createSyncRunner, type SyncRunner } from './sync-runner.ts';

/** Small enough for several slices per object in an org of many cases. */
const SLICE = 40;

/** A user and a record, or the records of the object whose field the case asks about. */
interface Pair {
  readonly userId: string;
  readonly recordIds: readonly string[];
  readonly field: string | null;
}

/** A way to find out who reads what: whether the user reads it, or how the answer contradicts itself, in words. */
type Way = (pair: Pair) => Promise<boolean | string>;

function pairsOf({ reads, user, records }: PlacedCase): Pair[] {
  return reads.map(([who, what]) => ({
    userId: user(who),
    recordIds: records(what),
    field: what.includes('.') ? what : null,
  }));
}

/** What a user finds. For a field: by the word that only this field has. */
function searching(index: IndexReader): Way {
  return async ({ userId, recordIds, field }) => {
    try {
      const found = new Set(await index.ids(field === null ? '' : wordIn(field), { as: userId }));
      return recordIds.some((id) => found.has(id));
    } catch (error) {
      if (error instanceof UserNotServedError) return false;
      throw error;
    }
  };
}

/**
 * What an operator sees: for a reader the chain by which they read, for others what they lack. Explains all at once,
 * which costs little more than one.
 */
async function explaining(index: IndexInspector, pairs: readonly Pair[]): Promise<Way> {
  const asked = pairs.flatMap(({ userId, recordIds }) => recordIds.map((recordId) => ({ recordId, as: userId })));
  const explanations = await index.explainAll(asked);
  const toldOf = new Map(explanations.map((told) => [`${told.user.id} ${told.record.id}`, told]));
  return async ({ userId, recordIds, field }) => {
    let reads = false;
    for (const id of recordIds) {
      const told = toldOf.get(`${userId} ${id}`);
      if (told === undefined) return `${id} is not explained`;
      const [said, unsaid] = told.reads ? [told.chain, told.missing] : [told.missing, told.chain];
      if (told.finds !== told.reads || said.length === 0 || unsaid.length > 0)
        return `${id}: reads ${told.reads}, finds ${told.finds}, chain ${told.chain.length}, missing ${told.missing.length}`;
      reads ||= told.reads && (field === null || !told.hiddenFields.includes(field.slice(field.indexOf('.') + 1)));
    }
    return reads;
  };
}

/**
 * The records that an audit compares searches with. It treats a converted lead, which no search finds, like any record.
 */
async function asksSalesforce(org: SandboxOrg, pairs: readonly Pair[]): Promise<Way> {
  const salesforce = clientOf(org, { credentials: async () => ({ clientId: 'sandbox', clientSecret: 'sandbox' }) });
  const userIds = [...new Set(pairs.map(({ userId }) => userId))];
  const questions = userIds.map((userId) => {
    const some = pairs.filter((pair) => pair.userId === userId);
    return { userId, recordIds: [...new Set(some.flatMap(({ recordIds }) => recordIds))] };
  });
  const answers = await recordAccess(salesforce, questions);
  const answersTo = new Map(userIds.map((userId, at) => [userId, answers[at]]));
  const converted = (await org.rows('Lead')).filter(({ IsConverted }) => IsConverted === true).map(({ Id }) => Id);
  return async ({ userId, recordIds }) =>
    recordIds.some((id) => !converted.includes(id) && answersTo.get(userId)?.get(id) === true);
}

describe.each(caseOrgs())('the cases of org %#', ({ cases, write }) => {
  let files: ReturnType<typeof write>;
  let org: SandboxOrg;
  const open: { close(): unknown }[] = [];
  const pairs = cases.flatMap(pairsOf);
  /** Ways to ask, named by how the rows of the cases got into the index, and by how the question is asked. */
  const ways = new Map<string, Way>();

  async function synced(route: string, bringIn: (sync: SyncRunner) => Promise<unknown>): Promise<void> {
    const sync = createSyncRunner(org.url, { sliceRecords: SLICE });
    open.push(sync);
    await bringIn(sync);
    const index = await openIndexReader({ index: indexAt(sync.path) });
    const inspector = await openInspector({ index: indexAt(sync.path) });
    open.push(index, inspector);
    ways.set(`${route}, searched`, searching(index));
    ways.set(`${route}, explained`, await explaining(inspector, pairs));
  }

  beforeAll(async () => {
    files = write();
    org = await sandboxOrg(files.folder);
    await synced('an incremental sync', async (sync) => {
      await sync.complete();
      // The overlap of the windows must not hide what a wrong window would lose.
      await org.advanceClock(3_600);
      await org.change(...cases.flatMap(({ rows }) => rows.map(([put, row]) => ({ put, row }))));
      await org.advanceClock(60);
      await sync.incremental();
      // A default that moves contacts causes a complete backfill, which the next tick makes.
      if (sync.state().completeNext !== null) await sync.run();
    });
    await synced('a full sync', (sync) => sync.complete());
    await synced('an interrupted sync that was resumed', async (sync) => {
      await sync.completeInterrupted(3);
      await sync.resume();
    });
    // It answers for records, not for fields.
    if (pairs.every(({ field }) => field === null)) ways.set('UserRecordAccess', await asksSalesforce(org, pairs));
  });
  afterAll(async () => {
    for (const each of open.reverse()) await each.close();
    await org?.close();
    files?.remove();
  });

  it.each(cases.map((one) => [one.rule, one] as const))('%s', async (_rule, one) => {
    for (const [way, ask] of ways) {
      const answers = await Promise.all(pairsOf(one).map(ask));
      const reads = one.reads.map(([who, what], at) => [who, what, answers[at]]);
      expect({ way, reads }).toEqual({ way, reads: one.reads });
    }
  });
});

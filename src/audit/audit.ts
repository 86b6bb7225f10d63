import type { IndexInspector, RecordExplanation } from '../index/port/inspector.ts';
import { groupBy } from '../lib/collections.ts';
import type { ObjectName } from '../objects/index.ts';
import type { Salesforce } from '../salesforce/client.ts';
import { Meter } from '../salesforce/meter.ts';
import { type AccessQuestion, MOST_RECORDS, recordAccess } from '../salesforce/record-access.ts';
import { quotedIds } from '../soql/literals.ts';
import { isIn, type SoqlQuery, toSoql } from '../soql/query.ts';
import type { Pair } from './draw.ts';
import { drawPairs } from './pairs.ts';
import { seeded } from './random.ts';
import { type Counts, countsByBorder, countsByObject, countsOf, type Judged, withVerdicts } from './verdicts.ts';

/** Maximum number of differences that are explained one by one. The rest are only counted. */
const EXPLAINED = 200;

export interface AuditOptions {
  /** Number of pairs of a user and a record to ask Salesforce about. */
  readonly sample: number;
  readonly seed: number;
  /** The only user to audit, named as for a search. */
  readonly as?: string;
  /** Receives the plan before the first request goes out. */
  readonly announce: (plan: AuditPlan) => void;
}

export interface AuditPlan {
  readonly users: number;
  readonly pairs: number;
  readonly apiCalls: number;
  readonly seed: number;
}

/** A pair for which the index and Salesforce give different answers. */
export interface Difference {
  /** `leak`: the index finds the record and Salesforce denies it. `loss`: the reverse. */
  readonly kind: 'leak' | 'loss';
  readonly border: Pair['border'];
  readonly explanation: RecordExplanation;
  /** ISO time at which the record changed after the index read it; null if it did not change. */
  readonly changed: string | null;
}

export interface AuditReport extends Counts {
  readonly seed: number;
  readonly users: number;
  readonly objects: readonly (Counts & { readonly object: ObjectName })[];
  readonly borders: readonly { readonly border: Pair['border']; readonly asked: number }[];
  /** At most 200, leaks first. */
  readonly differences: readonly Difference[];
  readonly apiCalls: number;
}

/**
 * Compares what searches find with what Salesforce answers, for pairs drawn at the borders of what users can read.
 * Frozen and inactive users are left out: they keep their access in Salesforce, but the search does not serve them.
 */
export async function audit(
  index: IndexInspector,
  client: Salesforce,
  { sample, seed, as, announce }: AuditOptions,
): Promise<AuditReport> {
  const spent = new Meter();
  const salesforce = client.metered(spent);
  const pairs = await drawPairs(index, { sample, random: seeded(seed), as });
  const questions = questionsOf(pairs);
  const users = new Set(pairs.map(({ user }) => user.id)).size;
  announce({ users, pairs: pairs.length, apiCalls: Math.ceil(questions.length / 5), seed });
  const answers = await recordAccess(salesforce, questions);
  const answerOf = new Map<string, boolean>();
  for (const [at, { userId }] of questions.entries())
    for (const [id, answer] of answers[at] ?? []) answerOf.set(`${userId} ${id}`, answer);
  const all = pairs.map((pair) => withVerdicts(pair, answerOf.get(`${pair.user.id} ${pair.id}`)));
  return {
    ...countsOf(all),
    seed,
    users,
    objects: countsByObject(all),
    borders: countsByBorder(all),
    differences: await differencesOf(index, salesforce, all),
    apiCalls: spent.calls,
  };
}

function questionsOf(pairs: readonly Pair[]): AccessQuestion[] {
  return [...groupBy(pairs, ({ user }) => user.id)].flatMap(([userId, some]) => {
    const ids = some.map(({ id }) => id);
    const parts = Array.from({ length: Math.ceil(ids.length / MOST_RECORDS) }, (_, at) => at * MOST_RECORDS);
    return parts.map((from) => ({ userId, recordIds: ids.slice(from, from + MOST_RECORDS) }));
  });
}

async function differencesOf(
  index: IndexInspector,
  salesforce: Salesforce,
  all: readonly Judged[],
): Promise<Difference[]> {
  const kinds = ['leak', 'loss'] as const;
  const differing = kinds.flatMap((kind) => all.filter(({ verdict }) => verdict === kind)).slice(0, EXPLAINED);
  const explanations = await index.explainAll(differing.map(({ id, user }) => ({ recordId: id, as: user.id })));
  const stamps = await stampsOf(salesforce, differing);
  return differing.flatMap(({ id, border, verdict }, at): Difference[] => {
    const explanation = explanations[at];
    if (explanation === undefined || (verdict !== 'leak' && verdict !== 'loss')) return [];
    return [{ kind: verdict, border, explanation, changed: changedSince(stamps.get(id), explanation) }];
  });
}

function changedSince(stamp: string | undefined, { record }: RecordExplanation): string | null {
  // No row: the record was deleted, or hidden, after UserRecordAccess answered for it.
  if (stamp === undefined) return null;
  const isNewer = record.indexedAsOf === null || Date.parse(stamp) > Date.parse(record.indexedAsOf);
  return isNewer ? new Date(Date.parse(stamp)).toISOString() : null;
}

/** Returns the SystemModstamp of each record, by id. Records that the org does not show are missing. */
async function stampsOf(salesforce: Salesforce, records: readonly Judged[]): Promise<ReadonlyMap<string, string>> {
  const byObject = [...groupBy(records, ({ object }) => object)];
  const outcomes = await salesforce.queryMany(
    byObject.map(([object, some]) => toSoql(stampsQuery(object, [...new Set(some.map(({ id }) => id))]))),
  );
  return new Map(
    outcomes.flatMap((outcome) =>
      outcome.ok ? outcome.records.map((row) => [String(row.Id), String(row.SystemModstamp)] as const) : [],
    ),
  );
}

export function stampsQuery(object: ObjectName, ids: readonly string[]): SoqlQuery {
  return { select: ['Id', 'SystemModstamp'], from: object, where: [isIn('Id', quotedIds(ids))] };
}

import type { BatchQuery, QueryOutcome } from '../../src/salesforce/batch.ts';
import type { Salesforce } from '../../src/salesforce/client.ts';
import type { ObjectDescription } from '../../src/salesforce/describe.ts';
import type { SalesforceRecord } from '../../src/salesforce/page.ts';

/** What an org answers to a query. By default no rows. */
type Answers = (soql: string) => QueryOutcome | readonly SalesforceRecord[];

/** An org in memory that records the text of every query. */
export function askedOrg(answers: Answers = () => [], describes: ReadonlyMap<string, ObjectDescription> = new Map()) {
  const asked: string[] = [];
  const answerOf = (soql: string): QueryOutcome => {
    asked.push(soql);
    const answer = answers(soql);
    return 'ok' in answer ? answer : { ok: true, records: [...answer], totalSize: answer.length };
  };
  const org: Partial<Salesforce> = {
    async *query(soql: string) {
      const outcome = answerOf(soql);
      if (!outcome.ok) throw outcome.error;
      yield { records: outcome.records, totalSize: outcome.totalSize, done: true };
    },
    queryMany: async (queries: readonly (string | BatchQuery)[]) =>
      queries.map((query) => answerOf(typeof query === 'string' ? query : query.soql)),
    describe: async (names) => new Map(names.map((name) => [name, describes.get(name) ?? null])),
  };
  return { salesforce: org as Salesforce, asked };
}

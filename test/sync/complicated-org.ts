import type { BatchQuery, QueryOutcome } from '../../src/salesforce/batch.ts';
import type { Salesforce } from '../../src/salesforce/client.ts';
import { TransientError } from '../../src/salesforce/errors.ts';

/** Columns of a query of one object's records. */
export function columnsOf(soql: string, object: string): string[] {
  const columns = new RegExp(`^SELECT (.+) FROM ${object}( |$)`).exec(soql)?.[1];
  return columns?.split(', ') ?? [];
}

const tooComplicated = (): TransientError =>
  new TransientError({
    message:
      'QUERY_TOO_COMPLICATED: Query is either selecting too many fields or the filter conditions are too complicated.',
    hint: '',
    status: 400,
    errorCode: 'QUERY_TOO_COMPLICATED',
    remedy: 'fewer-fields',
  });

/** The client of an org that refuses queries of one object with more columns than this, alone or in a composite. */
export function complicatedOrg(
  salesforce: Salesforce,
  object: string,
  mostColumns: number,
): { readonly salesforce: Salesforce; readonly refused: string[]; readonly answered: string[] } {
  const refused: string[] = [];
  const answered: string[] = [];
  const takes = (soql: string): boolean => {
    const columns = columnsOf(soql, object);
    if (columns.length > 0) (columns.length > mostColumns ? refused : answered).push(soql);
    return columns.length <= mostColumns;
  };
  const over = (client: Salesforce): Salesforce => {
    const query: Salesforce['query'] = async function* (soql, options) {
      if (!takes(soql)) throw tooComplicated();
      yield* client.query(soql, options);
    };
    const queryMany: Salesforce['queryMany'] = async (queries, options) => {
      const asked = queries.map((one): BatchQuery => (typeof one === 'string' ? { soql: one } : one));
      const taken = asked.filter(({ soql }) => takes(soql));
      const outcomes = await client.queryMany(taken, options);
      return asked.map((one): QueryOutcome => {
        const outcome = outcomes[taken.indexOf(one)];
        return outcome ?? { ok: false, error: tooComplicated() };
      });
    };
    const metered: Salesforce['metered'] = (meter) => over(client.metered(meter));
    const own = { query: { value: query }, queryMany: { value: queryMany }, metered: { value: metered } };
    return Object.create(client, own) as Salesforce;
  };
  return { salesforce: over(salesforce), refused, answered };
}

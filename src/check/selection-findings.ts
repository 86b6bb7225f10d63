import type { SalesforceError } from '../salesforce/errors.ts';
import { gapWords } from '../sentences/gaps.ts';
import type { LeftOut } from '../sync/choose-fields.ts';
import { filterRefused } from '../sync/resolve-schema.ts';
import type { ResolvedSchema } from '../sync/resolved-schema.ts';
import type { Finding } from './finding.ts';

/** Fields in the config file that a run leaves out, usually typing errors. `objectFindings` reports lost fields. */
export function leftOutFindings({ leftOut, lost }: ResolvedSchema): Finding[] {
  const isLost = ({ object, field }: LeftOut): boolean =>
    lost.some((one) => one.cause === 'no_room' && one.object === object && one.field === field);
  return leftOut
    .filter((gap) => !isLost(gap))
    .map((gap) => {
      const { what, why, remedy = null } = gapWords(gap);
      const found = `${what}: ${why}`;
      const closes = 'matches in it: it is not in the index';
      return { test: 'objects', step: null, status: 'warning', found, closes, remedy, gap };
    });
}

/** A filter that the org refuses. Every run would fail. */
export function refusedFilter(object: string, error: SalesforceError): Finding {
  const { message } = filterRefused(object, error);
  return { test: 'objects', step: null, status: 'failed', found: message, closes: null, remedy: null };
}

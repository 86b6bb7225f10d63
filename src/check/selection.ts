import type { SalesforceError } from '../salesforce/errors.ts';
import { gapWords } from '../sentences/gaps.ts';
import type { LeftOut } from '../sync/choose-fields.ts';
import { filterRefused } from '../sync/describe.ts';
import type { Selection } from '../sync/selection.ts';
import type { Finding } from './finding.ts';

/** Fields that the config file names and a run leaves out: most often a mistyped name. Lost ones are told elsewhere. */
export function leftOutFindings({ leftOut, lost }: Selection): Finding[] {
  const isLost = ({ object, field }: LeftOut): boolean =>
    lost.some((one) => one.cause === 'no_room' && one.object === object && one.field === field);
  return leftOut
    .filter((gap) => !isLost(gap))
    .map((gap) => {
      const { what, why, remedy = null } = gapWords(gap);
      const found = `${what}: ${why}`;
      const closes = 'searches in it: it is not in the index';
      return { test: 'objects', step: null, status: 'warning', found, closes, remedy, gap };
    });
}

/** A filter that the org refuses: every run would fail. */
export function refusedFilter(object: string, error: SalesforceError): Finding {
  const { message } = filterRefused(object, error);
  return { test: 'objects', step: null, status: 'failed', found: message, closes: null, remedy: null };
}

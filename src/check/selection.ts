import type { SalesforceError } from '../salesforce/errors.ts';
import { filterRefused } from '../sync/describe.ts';
import type { Selection } from '../sync/selection.ts';
import type { Finding } from './finding.ts';

/** Fields that the config file names and a run leaves out: most often a mistyped name. Lost ones are told elsewhere. */
export function leftOutFindings({ leftOut, lost }: Selection): Finding[] {
  const noRoom = lost.filter(({ cause }) => cause === 'no_room').map(({ object, field }) => `field ${object}.${field}`);
  const others = leftOut.filter(({ what }) => !noRoom.includes(what));
  return others.map((one) => ({
    test: 'objects',
    step: null,
    status: 'warning',
    found: `${one.what}: ${one.why}`,
    closes: 'searches in it: it is not in the index',
    remedy: one.remedy ?? null,
  }));
}

/** A filter that the org refuses: every run would fail. */
export function refusedFilter(object: string, error: SalesforceError): Finding {
  const { message } = filterRefused(object, error);
  return { test: 'objects', step: null, status: 'failed', found: message, closes: null, remedy: null };
}

import { describeClosed } from '../access/closed.ts';
import type { FilterRefusedError } from '../sync/describe.ts';
import type { Selection } from '../sync/selection.ts';
import type { Finding } from './finding.ts';

/** Fields that the config file names and a run leaves out: most often a mistyped name. */
export function leftOutFindings({ leftOut }: Selection): Finding[] {
  return leftOut.map((one) => ({
    test: 'objects',
    step: null,
    status: 'warning',
    found: describeClosed(one),
    closes: 'searches in it: it is not in the index',
    remedy: 'Correct the name under objects in the config file, or grant the integration user Read on the field.',
  }));
}

/** A filter that the org refuses: every run would fail. */
export function refusedFilter(error: FilterRefusedError): Finding {
  return { test: 'objects', step: null, status: 'failed', found: error.message, closes: null, remedy: null };
}

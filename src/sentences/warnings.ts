import type { RunWarning, ToldWarnings } from '../facts/warnings.ts';
import { streamName } from '../index/blocked.ts';
import { thousands } from './numbers.ts';

/** What a run warns of, as one line. */
export function warningText(warning: RunWarning): string {
  switch (warning.code) {
    case 'clock_set_back':
      return `the index held times up to ${warning.latest}, and the org's clock says ${warning.now}: the org's clock was ahead for a while, or somebody forged a run. The index was brought back to the org's clock, and this run reads everything again; until it has ended, searches find what was indexed before`;
    case 'sweep_stopped':
      return `sweep of ${warning.object} stopped: it would remove ${warning.wouldRemove} of ${warning.of} documents, which looks like lost access; they stay as they were`;
    case 'share_rows_hidden': {
      const counted = warning.shown === null ? 'does not count' : `shows ${warning.shown} of`;
      return `${warning.shareObject} lacks rows that the index knows, and the org ${counted} the ${warning.parents} records that they share, which looks like lost access: who may read them stays as it was`;
    }
    case 'share_rows_uncounted':
      return `${warning.shareObject} could not be counted: what was removed from it shows after a run that can, or the next complete backfill`;
    case 'share_rows_uncompared':
      return `${warning.shareObject} could not be compared: what was changed in it shows after a run that can`;
    case 'share_search_unfinished':
      return `${warning.shareObject} has other rows than the index, at more places than ${warning.apiCalls} API calls find: the next run goes on`;
    case 'stream_blocked':
      return `${streamName(warning)} could not be read: ${warning.message}`;
    case 'records_unindexed': {
      const { count, records } = warning;
      const named = records.map(({ id, object, cause }) => `${object} ${id} (${cause})`);
      const more = count - named.length;
      const list = [...named, ...(more > 0 ? [`${thousands(more)} more`] : [])].join(', ');
      return `${thousands(count)} ${count === 1 ? 'record' : 'records'} could not be indexed: ${list}`;
    }
    case 'earlier_version':
      return 'an earlier version did not note what';
  }
}

export function tellWarnings(warnings: readonly RunWarning[]): Required<ToldWarnings> {
  return { warnings: warnings.map(warningText), warningFacts: warnings };
}

import type { RunWarning, Stream, WarningsWithTexts } from '../facts/warnings.ts';
import { thousands } from './numbers.ts';

/** Describes a run's warning in one line. */
export function warningText(warning: RunWarning): string {
  switch (warning.code) {
    case 'clock_set_back':
      return `the index contained times up to ${warning.latest}, but the org's clock says ${warning.now}: the org's clock was ahead for a while, or someone forged a run. The index was set back to the org's clock, and this run reads everything again. Until it finishes, searches find what was indexed before`;
    case 'sweep_stopped':
      return `sweep of ${warning.object} stopped: it would have removed ${warning.wouldRemove} of ${warning.of} documents, which looks like lost access. None of them was removed`;
    case 'share_rows_hidden': {
      const counted = warning.shown === null ? 'does not count' : `shows ${warning.shown} of`;
      return `${warning.shareObject} lacks rows that the index has, and the org ${counted} the ${warning.parents} records that they share. This looks like lost access, so access to these records was left unchanged`;
    }
    case 'share_rows_uncounted':
      return `${warning.shareObject} could not be counted: removed rows take effect once a run can count it, or with the next complete backfill`;
    case 'share_rows_uncompared':
      return `${warning.shareObject} could not be compared: changed rows take effect once a run can compare it`;
    case 'share_search_unfinished':
      return `${warning.shareObject} differs from the index in more places than ${warning.apiCalls} API calls can find: the next run continues the search`;
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
      return 'an earlier version did not record what it was';
  }
}

export function withWarningTexts(warnings: readonly RunWarning[]): Required<WarningsWithTexts> {
  return { warnings: warnings.map(warningText), warningFacts: warnings };
}

/** `records of Account`, `share rows of Case`. */
export function streamName({ object, of }: Stream): string {
  return `${of === 'records' ? 'records' : 'share rows'} of ${object}`;
}

import type { Choices } from '../src/objects/choice.ts';
import type { Salesforce } from '../src/salesforce/client.ts';
import { describeSelection } from '../src/sync/describe.ts';
import type { Selection } from '../src/sync/selection.ts';

/**
 * A run's selection, described once a worker process: slices of the same run on the same worker share it. A worker that
 * takes a run over describes again.
 */
export interface Selections {
  describe(signal: AbortSignal): Promise<Selection>;
  keep(run: number, selection: Selection): void;
  of(run: number, signal: AbortSignal): Promise<Selection>;
}

export function createSelections(salesforce: Salesforce, choices: Choices): Selections {
  let kept: { run: number; selection: Selection } | null = null;
  const selections: Selections = {
    describe: (signal) => describeSelection(salesforce, choices, signal),
    keep(run, selection) {
      kept = { run, selection };
    },
    async of(run, signal) {
      if (kept?.run !== run) kept = { run, selection: await selections.describe(signal) };
      return kept.selection;
    },
  };
  return selections;
}

import { SelectionChangedError } from '../src/index/errors.ts';
import type { Choices } from '../src/objects/choice.ts';
import type { Salesforce } from '../src/salesforce/client.ts';
import { LostAccessError } from '../src/salesforce/errors.ts';
import { describeSelection } from '../src/sync/describe.ts';
import type { Selection } from '../src/sync/selection.ts';
import { selectionChange } from '../src/sync/selection-change.ts';

/**
 * A run's selection, described once a worker process: slices of the same run on the same worker share it. A worker that
 * takes a run over describes again.
 */
export interface Selections {
  describe(signal: AbortSignal): Promise<Selection>;
  keep(run: number, selection: Selection): void;
  of(run: number, signal: AbortSignal): Promise<Selection>;
  /**
   * Does work with the run's selection.
   *
   * @throws SelectionChangedError where the org no longer shows something of it: the next run does without
   */
  use<T>(run: number, signal: AbortSignal, work: (selection: Selection) => Promise<T>): Promise<T>;
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
    async use(run, signal, work) {
      const selection = await selections.of(run, signal);
      try {
        return await work(selection);
      } catch (error) {
        if (!(error instanceof LostAccessError)) throw error;
        const change = selectionChange(selection.text, (await selections.describe(signal)).text);
        throw change === null ? error : new SelectionChangedError(change);
      }
    },
  };
  return selections;
}

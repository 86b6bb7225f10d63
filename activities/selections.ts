import { SelectionChangedError } from '../src/index/errors.ts';
import type { Choices } from '../src/objects/choice.ts';
import type { Salesforce } from '../src/salesforce/client.ts';
import { LostAccessError } from '../src/salesforce/errors.ts';
import { describeAndProbe, describeSelection } from '../src/sync/describe.ts';
import type { Probes } from '../src/sync/probes.ts';
import type { Selection } from '../src/sync/selection.ts';
import { selectionChange } from '../src/sync/selection-change.ts';

/** What a run asks before it is admitted. */
export interface Described {
  readonly selection: Selection;
  readonly probes: Probes;
}

/**
 * A run's selection, described once a worker process: slices of the same run on the same worker share it. A worker that
 * takes a run over describes again.
 */
export interface Selections {
  describe(signal: AbortSignal): Promise<Described>;
  keep(run: number, described: Described): void;
  of(run: number, signal: AbortSignal): Promise<Selection>;
  /** What the org said of its tables when the run began. Once: later it is an old answer. */
  takeProbes(run: number): Probes | null;
  /**
   * Does work with the run's selection.
   *
   * @throws SelectionChangedError where the org no longer shows something of it: the next run does without
   */
  use<T>(run: number, signal: AbortSignal, work: (selection: Selection) => Promise<T>): Promise<T>;
}

export function createSelections(salesforce: Salesforce, choices: Choices): Selections {
  let kept: { readonly run: number; readonly selection: Selection; probes: Probes | null } | null = null;
  const selections: Selections = {
    describe: (signal) => describeAndProbe(salesforce, choices, signal),
    keep(run, described) {
      kept = { run, ...described };
    },
    async of(run, signal) {
      if (kept?.run !== run) {
        kept = { run, selection: await describeSelection(salesforce, choices, signal), probes: null };
      }
      return kept.selection;
    },
    takeProbes(run) {
      if (kept?.run !== run) return null;
      const { probes } = kept;
      kept.probes = null;
      return probes;
    },
    async use(run, signal, work) {
      const selection = await selections.of(run, signal);
      try {
        return await work(selection);
      } catch (error) {
        if (!(error instanceof LostAccessError)) throw error;
        const change = selectionChange(selection.text, (await describeSelection(salesforce, choices, signal)).text);
        throw change === null ? error : new SelectionChangedError(change);
      }
    },
  };
  return selections;
}

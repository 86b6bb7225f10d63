import { SelectionChangedError } from '../src/index/errors.ts';
import type { HeldFields } from '../src/index/port.ts';
import type { Choices } from '../src/objects/choice.ts';
import type { Salesforce } from '../src/salesforce/client.ts';
import { LostAccessError } from '../src/salesforce/errors.ts';
import type { AssignmentPlan } from '../src/sync/assignments.ts';
import {
  type Described,
  type DescribedTables,
  describeAndProbe,
  describeSelection,
  describeTables,
  withTables,
} from '../src/sync/describe.ts';
import type { Probes } from '../src/sync/probes.ts';
import type { Selection } from '../src/sync/selection.ts';
import { selectionChange } from '../src/sync/selection-change.ts';

/**
 * A run's selection, described once a worker process: slices of the same run on the same worker share it. A worker that
 * takes a run over describes again. The tables of who is who are described once an hour.
 */
export interface Selections {
  describe(signal: AbortSignal): Promise<Described>;
  keep(run: number, described: Described): void;
  of(run: number, signal: AbortSignal): Promise<Selection>;
  /** Describes the tables of who is who again, for the run; null: that was done since it began. */
  describeAgain(run: number, signal: AbortSignal): (() => Promise<Selection>) | null;
  /** What the org said of its tables when the run began. Once: later it is an old answer. */
  takeProbes(run: number): Probes | null;
  /** The assignments that were read last: the next run asks whether these have changed. */
  keepAssignments(assignments: AssignmentPlan | null): void;
  /**
   * Does work with the run's selection.
   *
   * @throws SelectionChangedError where the org no longer shows something of it: the next run does without
   */
  use<T>(run: number, signal: AbortSignal, work: (selection: Selection) => Promise<T>): Promise<T>;
}

interface Kept {
  readonly run: number;
  selection: Selection;
  probes: Probes | null;
  /** The tables of who is who were described in an earlier run. */
  tablesAreKnown: boolean;
}

/** @param heldNow what the index holds now; null: nothing */
export function createSelections(
  salesforce: Salesforce,
  choices: Choices,
  heldNow: () => Promise<HeldFields | null>,
): Selections {
  const wishes = async () => ({ choices, held: await heldNow() });
  let kept: Kept | null = null;
  let tables: DescribedTables | null = null;
  let assignments: AssignmentPlan | null = null;
  const selections: Selections = {
    describe: async (signal) =>
      describeAndProbe(salesforce, await wishes(), { described: tables, assignments }, signal),
    keep(run, described) {
      const { selection, probes } = described;
      kept = { run, selection, probes, tablesAreKnown: described.tables === tables };
      tables = described.tables;
    },
    async of(run, signal) {
      if (kept?.run !== run) {
        const selection = await describeSelection(salesforce, await wishes(), signal);
        kept = { run, selection, probes: null, tablesAreKnown: false };
      }
      return kept.selection;
    },
    describeAgain(run, signal) {
      const now = kept;
      if (now === null || now.run !== run || !now.tablesAreKnown) return null;
      return async () => {
        tables = await describeTables(salesforce, tables?.hidden ?? [], signal);
        now.selection = withTables(now.selection, tables);
        now.tablesAreKnown = false;
        return now.selection;
      };
    },
    takeProbes(run) {
      if (kept?.run !== run) return null;
      const { probes } = kept;
      kept.probes = null;
      return probes;
    },
    keepAssignments(plan) {
      assignments = plan;
    },
    async use(run, signal, work) {
      const selection = await selections.of(run, signal);
      try {
        return await work(selection);
      } catch (error) {
        if (!(error instanceof LostAccessError)) throw error;
        const now = await describeSelection(salesforce, await wishes(), signal);
        const change = selectionChange(selection.text, now.text);
        throw change === null ? error : new SelectionChangedError(change);
      }
    },
  };
  return selections;
}

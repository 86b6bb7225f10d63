import { SelectionChangedError } from '../src/index/errors.ts';
import { LostAccessError } from '../src/salesforce/errors.ts';
import { type Described, describeTables, withTables } from '../src/sync/describe.ts';
import type { Probes } from '../src/sync/probes.ts';
import type { Selection } from '../src/sync/selection.ts';
import { selectionChanges } from '../src/sync/selection-changes.ts';
import type { Asking, Selections } from './selections.ts';
import type { WorkerMemory } from './worker-memory.ts';

/** Run numbers start again in another index. */
export interface RunKey {
  readonly indexId: string;
  readonly run: number;
}

/**
 * What this worker knows of one run. Its activities share the selection, which is described once per worker process. A
 * worker that takes the run over describes again.
 */
export class RunContext {
  readonly indexId: string;
  readonly run: number;
  /** The integration user's rights were looked at again after the backfill was read to its end, before a sweep. */
  rightsSeenAgain = false;
  readonly #selections: Selections;
  readonly #memory: WorkerMemory;
  #selection: Selection | null = null;
  #probes: Probes | null = null;
  /** The tables of who is who were described in an earlier run. */
  #tablesAreOld = false;

  /**
   * @param begun what was described and asked when the run began, with tables of an earlier run or not; null: another worker
   *   began it
   */
  constructor(
    { indexId, run }: RunKey,
    selections: Selections,
    memory: WorkerMemory,
    begun: (Described & { readonly tablesAreOld: boolean }) | null,
  ) {
    this.indexId = indexId;
    this.run = run;
    this.#selections = selections;
    this.#memory = memory;
    if (begun === null) return;
    this.#selection = begun.selection;
    this.#probes = begun.probes;
    this.#tablesAreOld = begun.tablesAreOld;
  }

  async selection(asking: Asking): Promise<Selection> {
    this.#selection ??= await this.#selections.describeAlone(asking);
    return this.#selection;
  }

  /** Describes the tables of who is who again; null: that was done since the run began. */
  describeAgain({ salesforce, signal }: Asking): (() => Promise<Selection>) | null {
    const selection = this.#selection;
    if (selection === null || !this.#tablesAreOld) return null;
    return async () => {
      const tables = await describeTables(salesforce, this.#memory.tables?.hidden ?? [], signal);
      this.#memory.tables = tables;
      this.#selection = withTables(selection, tables);
      this.#tablesAreOld = false;
      return this.#selection;
    };
  }

  /** What the org said of its tables when the run began. Once: later it is an old answer. */
  takeProbes(): Probes | null {
    const probes = this.#probes;
    this.#probes = null;
    return probes;
  }

  /**
   * Does work with the selection.
   *
   * @throws SelectionChangedError where the org no longer shows something of it: the next run does without
   */
  async use<T>(asking: Asking, work: (selection: Selection) => Promise<T>): Promise<T> {
    const selection = await this.selection(asking);
    try {
      return await work(selection);
    } catch (error) {
      if (!(error instanceof LostAccessError)) throw error;
      const now = await this.#selections.describeAlone(asking);
      const changes = selectionChanges(selection.facts, now.facts);
      throw changes.length === 0 ? error : new SelectionChangedError(changes);
    }
  }
}

/** One run's context at a time: what is known of a run is dropped when this worker meets another. */
export class RunContexts {
  readonly #selections: Selections;
  readonly #memory: WorkerMemory;
  #current: RunContext | null = null;

  constructor(selections: Selections, memory: WorkerMemory) {
    this.#selections = selections;
    this.#memory = memory;
  }

  /** A run was admitted. */
  begin(key: RunKey, begun: Described): RunContext {
    const tablesAreOld = begun.tables === this.#memory.tables;
    this.#memory.tables = begun.tables;
    return this.#make(key, { ...begun, tablesAreOld });
  }

  of({ indexId, run }: RunKey): RunContext {
    const current = this.#current;
    if (current?.indexId === indexId && current.run === run) return current;
    return this.#make({ indexId, run }, null);
  }

  #make(key: RunKey, begun: ConstructorParameters<typeof RunContext>[3]): RunContext {
    this.#current = new RunContext(key, this.#selections, this.#memory, begun);
    return this.#current;
  }
}

import type { DescribedTables, KnownTables } from '../src/sync/describe.ts';
import type { MadeMembership } from '../src/sync/membership.ts';
import { isHourOld } from '../src/sync/readings.ts';
import { TableSizes } from '../src/sync/whole-tables.ts';

/** What a worker keeps from run to run on purpose, each with its reason. What is of one run is in its `RunContext`. */
export class WorkerMemory {
  /** The generation that it made last: while all that it depends on stays, the next run need not make it again. */
  made: MadeMembership | null = null;
  /** The tables of who is who as they were described last. That holds for an hour, and saves each run a call. */
  tables: DescribedTables | null = null;
  #sizes = { tables: new TableSizes(), since: 0 };

  /** What the next run need not ask again: it asks whether the assignments that were read last have changed. */
  get known(): KnownTables {
    return { described: this.tables, assignments: this.made?.assignments ?? null };
  }

  /**
   * How much of a table the org answers in time, so that the next run does not find out by waiting. For an hour: what was
   * slow for a while is tried whole again.
   *
   * @param now the org's time, as a version
   */
  tableSizes(now: number): TableSizes {
    if (isHourOld(this.#sizes.since, now)) this.#sizes = { tables: new TableSizes(), since: now };
    return this.#sizes.tables;
  }
}

import type { MadeMembership } from '../src/sync/membership.ts';
import { isHourOld } from '../src/sync/readings.ts';
import type { DescribedTables, KnownTables } from '../src/sync/resolve-schema.ts';
import { TableSizes } from '../src/sync/whole-tables.ts';

/**
 * What a worker deliberately remembers between runs, each with its reason. What belongs to one run is in its
 * `RunContext`.
 */
export class WorkerMemory {
  /** The last generation that it made. While its inputs are unchanged, the next run need not make it again. */
  made: MadeMembership | null = null;
  /** The last description of the membership tables. It is valid for an hour, and saves each run a call. */
  tables: DescribedTables | null = null;
  #sizes = { tables: new TableSizes(), since: 0 };

  /**
   * Returns what the next run need not ask again. The run only asks whether the assignments that were last read have
   * changed.
   */
  get known(): KnownTables {
    return { described: this.tables, assignments: this.made?.assignments ?? null };
  }

  /**
   * Returns how much of a table the org can answer in time, so that the next run does not have to wait to find out. It
   * is valid for an hour: then a table that was slow for a while is tried whole again.
   *
   * @param now the org's time, as a version
   */
  tableSizes(now: number): TableSizes {
    if (isHourOld(this.#sizes.since, now)) this.#sizes = { tables: new TableSizes(), since: now };
    return this.#sizes.tables;
  }
}

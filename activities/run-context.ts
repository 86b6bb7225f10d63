import { SelectionChangedError } from '../src/index/port/errors.ts';
import { LostAccessError } from '../src/salesforce/errors.ts';
import type { Probes } from '../src/sync/probes.ts';
import { type Described, describeTables, withTables } from '../src/sync/resolve-schema.ts';
import type { ResolvedSchema } from '../src/sync/resolved-schema.ts';
import { schemaChanges } from '../src/sync/schema-changes.ts';
import type { Asking, SchemaResolver } from './schema-resolver.ts';
import type { WorkerMemory } from './worker-memory.ts';

/** The key of a run, because run numbers start again in another index. */
export interface RunKey {
  readonly indexId: string;
  readonly run: number;
}

/**
 * What this worker knows about one run. Its activities share the resolved schema, which each worker process describes once. A
 * worker that takes the run over describes again.
 */
export class RunContext {
  readonly indexId: string;
  readonly run: number;
  /** The integration user's rights were read again after the backfill was read completely, before a sweep. */
  rightsSeenAgain = false;
  readonly #selections: SchemaResolver;
  readonly #memory: WorkerMemory;
  #selection: ResolvedSchema | null = null;
  #probes: Probes | null = null;
  /** The membership tables were described in an earlier run. */
  #tablesAreOld = false;

  /**
   * @param begun what was described when the run began, and whether its tables are from an earlier run; null: another
   *   worker began it
   */
  constructor(
    { indexId, run }: RunKey,
    schemas: SchemaResolver,
    memory: WorkerMemory,
    begun: (Described & { readonly tablesAreOld: boolean }) | null,
  ) {
    this.indexId = indexId;
    this.run = run;
    this.#selections = schemas;
    this.#memory = memory;
    if (begun === null) return;
    this.#selection = begun.schema;
    this.#probes = begun.probes;
    this.#tablesAreOld = begun.tablesAreOld;
  }

  async schema(asking: Asking): Promise<ResolvedSchema> {
    this.#selection ??= await this.#selections.describeAlone(asking);
    return this.#selection;
  }

  /** Returns a function that describes the membership tables again. Null: that was done since the run began. */
  describeAgain({ salesforce, signal }: Asking): (() => Promise<ResolvedSchema>) | null {
    const schema = this.#selection;
    if (schema === null || !this.#tablesAreOld) return null;
    return async () => {
      const tables = await describeTables(salesforce, this.#memory.tables?.hidden ?? [], signal);
      this.#memory.tables = tables;
      this.#selection = withTables(schema, tables);
      this.#tablesAreOld = false;
      return this.#selection;
    };
  }

  /** Returns what the org reported about its tables when the run began. Only once, because it is outdated later. */
  takeProbes(): Probes | null {
    const probes = this.#probes;
    this.#probes = null;
    return probes;
  }

  /**
   * Runs work with the resolved schema.
   *
   * @throws SelectionChangedError if the org no longer shows a part of it; the next run continues without that part
   */
  async use<T>(asking: Asking, work: (schema: ResolvedSchema) => Promise<T>): Promise<T> {
    const schema = await this.schema(asking);
    try {
      return await work(schema);
    } catch (error) {
      if (!(error instanceof LostAccessError)) throw error;
      const now = await this.#selections.describeAlone(asking);
      const changes = schemaChanges(schema.facts, now.facts);
      throw changes.length === 0 ? error : new SelectionChangedError(changes);
    }
  }
}

/** The context of one run at a time. What is known about a run is dropped when this worker works for another run. */
export class RunContexts {
  readonly #selections: SchemaResolver;
  readonly #memory: WorkerMemory;
  #current: RunContext | null = null;

  constructor(schemas: SchemaResolver, memory: WorkerMemory) {
    this.#selections = schemas;
    this.#memory = memory;
  }

  /** Creates the context of a run that was admitted. */
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

import type { Config } from '../src/config/load.ts';
import { heldFields } from '../src/index/held-fields.ts';
import { limitsOf } from '../src/index/limits.ts';
import type { Salesforce } from '../src/salesforce/client.ts';
import { type Described, describeAndProbe, type KnownTables, resolveSchema } from '../src/sync/resolve-schema.ts';
import type { ResolvedSchema, Wishes } from '../src/sync/resolved-schema.ts';

/** The client and signal for requests to the org. */
export interface Asking {
  readonly salesforce: Salesforce;
  readonly signal: AbortSignal;
}

/**
 * Resolves what a run reads, from the config file, what the index contains, and what the org shows now. Stores nothing.
 */
export interface SchemaResolver {
  /** Describes for a run that begins. The same calls ask whether the membership tables have changed. */
  describe(asking: Asking, known: KnownTables): Promise<Described>;
  /** Describes for a run that has begun. */
  describeAlone(asking: Asking): Promise<ResolvedSchema>;
}

/** Creates the resolver. It reads what the index contains each time. */
export function createSchemaResolver({ objects, index }: Pick<Config, 'objects' | 'index'>): SchemaResolver {
  const limits = limitsOf(index);
  const wishes = async (): Promise<Wishes> => ({ settings: objects, held: await heldFields(index), limits });
  return {
    describe: async ({ salesforce, signal }, known) => describeAndProbe(salesforce, await wishes(), known, signal),
    describeAlone: async ({ salesforce, signal }) => resolveSchema(salesforce, await wishes(), signal),
  };
}

import type { HeldFields } from '../src/index/port/state.ts';
import type { SettingsByObject } from '../src/objects/settings.ts';
import type { Salesforce } from '../src/salesforce/client.ts';
import { type Described, describeAndProbe, type KnownTables, resolveSchema } from '../src/sync/resolve-schema.ts';
import type { ResolvedSchema } from '../src/sync/resolved-schema.ts';

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

/**
 * Creates the resolver.
 *
 * @param heldNow reads what the index contains now; null: nothing
 */
export function createSchemaResolver(
  settings: SettingsByObject,
  heldNow: () => Promise<HeldFields | null>,
): SchemaResolver {
  const wishes = async () => ({ settings, held: await heldNow() });
  return {
    describe: async ({ salesforce, signal }, known) => describeAndProbe(salesforce, await wishes(), known, signal),
    describeAlone: async ({ salesforce, signal }) => resolveSchema(salesforce, await wishes(), signal),
  };
}

import type { HeldFields } from '../src/index/port.ts';
import type { Choices } from '../src/objects/choice.ts';
import type { Salesforce } from '../src/salesforce/client.ts';
import { type Described, describeAndProbe, describeSelection, type KnownTables } from '../src/sync/describe.ts';
import type { Selection } from '../src/sync/selection.ts';

/** By whom the org is asked. */
export interface Asking {
  readonly salesforce: Salesforce;
  readonly signal: AbortSignal;
}

/** Chooses what a run reads: by the config file, what the index holds and what the org shows now. Remembers nothing. */
export interface Selections {
  /** For a run that begins: asks in the same calls whether who is who has changed. */
  describe(asking: Asking, known: KnownTables): Promise<Described>;
  /** For a run that has begun. */
  describeAlone(asking: Asking): Promise<Selection>;
}

/** @param heldNow what the index holds now; null: nothing */
export function createSelections(choices: Choices, heldNow: () => Promise<HeldFields | null>): Selections {
  const wishes = async () => ({ choices, held: await heldNow() });
  return {
    describe: async ({ salesforce, signal }, known) => describeAndProbe(salesforce, await wishes(), known, signal),
    describeAlone: async ({ salesforce, signal }) => describeSelection(salesforce, await wishes(), signal),
  };
}

import { describe } from 'vitest';
import { consistency } from './engine-contract/consistency.ts';
import { documents } from './engine-contract/documents.ts';
import { fences } from './engine-contract/fences.ts';
import { membership } from './engine-contract/membership.ts';
import { refused } from './engine-contract/refused.ts';
import { searches } from './engine-contract/searches.ts';
import type { NewEngine, Weaker } from './engine-contract/setup.ts';

const PARTS = { fences, documents, refused, membership, searches, consistency } as const;

/**
 * The promises of every search engine (src/index/port/search-engine.ts), as tests. `skip`: the parts that an engine
 * cannot keep, with the reason, which the title shows. `weaker`: promises that it keeps in a weaker form.
 */
export function engineContract(
  newEngine: NewEngine,
  { skip = {}, weaker = {} }: { skip?: Partial<Record<keyof typeof PARTS, string>>; weaker?: Weaker } = {},
): void {
  for (const [name, part] of Object.entries(PARTS)) {
    const reason = skip[name as keyof typeof PARTS];
    if (reason === undefined) describe(name, () => part(newEngine, weaker));
    else describe.skip(`${name} (left out: ${reason})`, () => part(newEngine, weaker));
  }
}

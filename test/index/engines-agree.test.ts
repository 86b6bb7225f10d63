import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, it } from 'vitest';
import { indexAt } from '../../src/index/location.ts';
import { openIndexReader, openInspector, openRunStore } from '../../src/index/open.ts';
import type { IndexReader, SearchResult } from '../../src/index/port/reader.ts';
import { removeIndex } from '../../src/index/removal.ts';
import { NAMES } from './clashing-names.ts';
import { type IndexUnderTest, userId } from './contract/setup.ts';
import { Both, standardWithout } from './engines-agree/both.ts';
import type { Question } from './engines-agree/questions.ts';
import { type Step, USERS, worlds } from './engines-agree/worlds.ts';

const folder = mkdtempSync(join(tmpdir(), 'engines-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const seed = Number(process.env.FC_SEED ?? Date.now() % 1_000_000_000);
const numRuns = Number(process.env.FC_RUNS ?? 15);
const REPEAT = `repeat: FC_SEED=${seed} FC_RUNS=${numRuns} npx vitest run test/index/engines-agree.test.ts`;

let count = 0;

async function newIndex(): Promise<IndexUnderTest> {
  const index = indexAt(join(folder, `${++count}.sqlite`));
  return {
    store: () => openRunStore({ index, create: true }),
    reader: () => openIndexReader({ index }),
    inspector: () => openInspector({ index }),
    destroy: () => removeIndex(index),
  };
}

async function take(both: Both, step: Step): Promise<void> {
  if (step.kind === 'members') await both.members(step.members, step.names);
  else if (step.kind === 'fields') await both.index(standardWithout(step.left));
  else await both.write(step.records, step.shares, step.removed);
}

/** A page, without its cursor: cursors belong to one engine. */
type Page = Omit<SearchResult, 'cursor'>;

/** Everything that a user gets: every page and all ids, or why the search is refused. */
async function answersOf(
  reader: IndexReader,
  as: string,
  { words, options }: Question,
): Promise<{ readonly pages: readonly Page[]; readonly ids: readonly string[] } | { readonly refused: string }> {
  const { sort: _, limit: __, ...filters } = options;
  try {
    const ids = (await reader.ids(words, { ...filters, as })).toSorted();
    const pages: Page[] = [];
    let next: string | null = null;
    do {
      const { cursor, ...page }: SearchResult = await reader.search(words, { ...options, as, cursor: next });
      pages.push(page);
      next = cursor;
    } while (next !== null);
    return { pages, ids };
  } catch (error) {
    return { refused: String(error) };
  }
}

/**
 * Fills both engines with the same random content, and compares what each user gets for each question after each step.
 *
 * @param changed what is compared with the embedded engine
 * @returns how often each score was seen
 */
async function compare(
  parameters: fc.Parameters<unknown>,
  changed: (memory: IndexReader) => IndexReader = (memory) => memory,
): Promise<ReadonlyMap<number, number>> {
  const seen = new Map<number, number>();
  const property = fc.asyncProperty(worlds, async ({ contacts, members, names, steps, questions }) => {
    const both = await Both.begin(newIndex, contacts);
    const memory = changed(both.memory);
    const same = async (as: string, question: Question) => {
      const [expected, answers] = [await answersOf(memory, as, question), await answersOf(both.embedded, as, question)];
      expect({ as, question, answers }).toEqual({ as, question, answers: expected });
      for (const { score } of 'pages' in answers ? answers.pages.flatMap(({ hits }) => hits) : [])
        seen.set(score, (seen.get(score) ?? 0) + 1);
    };
    try {
      await both.members(members, names);
      for (const step of steps) {
        await take(both, step);
        for (const question of questions) for (const n of USERS) await same(userId(n), question);
        for (const name of NAMES) await same(name, { words: '', options: { limit: 1 } });
      }
    } finally {
      await both.close();
    }
  });
  const result = await fc.check(property, { seed, numRuns, ...parameters });
  if (result.failed) throw new Error(`${fc.defaultReportMessage(result)}\n${REPEAT}`, { cause: result.errorInstance });
  return seen;
}

it('the embedded engine and the one in memory give equal answers', async () => {
  const seen = await compare({});
  const scores = [...seen].sort(([one], [other]) => other - one).map(([score, hits]) => `${hits} of score ${score}`);
  process.stdout.write(`${numRuns} worlds; hits: ${scores.join(', ')}; ${REPEAT}\n`);
  expect(seen.size).toBeGreaterThan(5);
}, 600_000);

it('control: one wrong level is caught', async () => {
  const wrong = (memory: IndexReader): IndexReader => ({
    ids: (words, options) => memory.ids(words, options),
    record: (id, options) => memory.record(id, options),
    close: () => memory.close(),
    async search(words, options) {
      const result = await memory.search(words, options);
      return { ...result, hits: result.hits.map((hit) => (hit.score === 4 ? { ...hit, score: 3 } : hit)) };
    },
  });
  await expect(compare({ numRuns: 100, endOnFailure: true }, wrong)).rejects.toThrow('Property failed');
}, 600_000);

import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../src/errors.ts';
import { type Checkout, checkouts } from './deployment/checkout.ts';
import { BENCH_CACHE, orgFolder } from './deployment/org-folder.ts';
import { onStage, STAGE_OPTIONS, STAGE_USAGE, type Stage } from './deployment/stage.ts';
import { readFlags, wholeNumber } from './flags.ts';
import type { Asked } from './searching/messages.ts';
import { textsOf, userIds } from './searching/org-texts.ts';
import { countWords, type Question, questionsFor } from './searching/questions.ts';
import { type SearchedSide, searchTable, together } from './searching/report.ts';
import { type Searcher, startSearcher } from './searching/search-processes.ts';
import { inTurns, machineLoad } from './side-by-side.ts';

const FLAGS = {
  usage: `npm run bench -- search ${STAGE_USAGE} [--index <file>] [--other-index <file>]`,
  options: { ...STAGE_OPTIONS, index: { type: 'string' }, 'other-index': { type: 'string' } },
} as const;

const AT_ONCE = 8;
const UNMEASURED = 60;

interface Side extends SearchedSide {
  readonly searcher: Searcher;
}

/**
 * Asks the same questions as every user of an org, with the libraries of this checkout and of another in turns. Each
 * searches an index that its own worker has filled.
 */
export async function benchSearch(args: readonly string[]): Promise<void> {
  const flags = readFlags(args, FLAGS);
  const [accounts, seed] = [wholeNumber('accounts', flags.accounts, 1), wholeNumber('seed', flags.seed, 0)];
  const compared = await checkouts(flags.against);
  const files = compared.map((_, nth) => indexFile(nth === 0 ? 'index' : 'other-index', flags));
  if (files.includes(null))
    await onStage(flags, async ({ deploy }) => {
      for (const [nth, checkout] of compared.entries()) files[nth] ??= await filled(checkout, nth, deploy);
    });
  const folder = await orgFolder({ org: flags.org, accounts, seed });
  const users = await userIds(folder);
  const questions = questionsFor(countWords(await textsOf(folder)), seed);
  const sides: Side[] = [];
  for (const [nth, checkout] of compared.entries())
    sides.push({
      name: checkout.name,
      searcher: await startSearcher(checkout, { path: files[nth] ?? '' }),
      answers: new Map(),
    });
  try {
    await askAll(sides, questions, users);
    process.stdout.write(`Searches as ${users.length} users of ${folder}, pages of 20:\n`);
    for (const { name, words } of questions) process.stdout.write(`  ${name}: ${words.join(', ') || '–'}\n`);
    process.stdout.write(searchTable(sides));
    process.stdout.write(`${machineLoad()}\n`);
  } finally {
    for (const { searcher } of sides) searcher.stop();
  }
}

/** Returns the file that the flag names. Null: it names none, so the bench fills the index. */
function indexFile(flag: 'index' | 'other-index', flags: Readonly<Record<string, unknown>>): string | null {
  const named = flags[flag];
  if (typeof named !== 'string') return null;
  if (existsSync(named)) return named;
  throw new UserError(`--${flag}: there is no ${named}.`);
}

/** Fills an index by the checkout's worker, and returns its file, which stays. */
async function filled(checkout: Checkout, nth: number, deploy: Stage['deploy']): Promise<string> {
  const folder = join(BENCH_CACHE, 'indexes', nth === 0 ? 'this' : 'other');
  rmSync(folder, { recursive: true, force: true });
  const deployment = await deploy(checkout, folder);
  try {
    const { records, seconds } = await deployment.completeBackfill();
    process.stderr.write(
      `${checkout.name}: ${records} records indexed in ${seconds.toFixed(1)} s; next time: --${nth === 0 ? '' : 'other-'}index ${deployment.index}\n`,
    );
  } finally {
    await deployment.stop();
  }
  return deployment.index;
}

async function askAll(sides: readonly Side[], questions: readonly Question[], users: readonly string[]): Promise<void> {
  const search = ({ words }: Question, nth: number) => words[nth % words.length] ?? '';
  const ask = (name: string, asked: Asked) =>
    inTurns(1, sides, async ({ searcher, answers }) => void answers.set(name, await searcher.ask(asked)));
  const all = users.flatMap((as, nth) => questions.map((question) => ({ as, words: search(question, nth) })));
  // Compiles the code, and reads a part of the file.
  for (const { searcher } of sides) await searcher.ask({ searches: all.slice(0, UNMEASURED), parallel: 1 });
  for (const question of questions)
    await ask(question.name, {
      searches: users.map((as, nth) => ({ as, words: search(question, nth) })),
      parallel: 1,
    });
  for (const { answers } of sides) answers.set('all together', together([...answers.values()]));
  await ask(`all, ${AT_ONCE} at once`, { searches: all, parallel: AT_ONCE });
}

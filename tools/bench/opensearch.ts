import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../src/errors.ts';
import { freePort } from '../../src/process/ports.ts';
import { canStartSearchNode, type SearchNode, startSearchNode } from '../chaos/search-node.ts';
import { type BareBulk, measureBareBulk } from './cluster/bare-bulk.ts';
import { startRecordingProxy } from './cluster/recording-proxy.ts';
import type { Checkout } from './deployment/checkout.ts';
import type { RunFigures } from './deployment/deployment.ts';
import { onStage, STAGE_OPTIONS, type Stage } from './deployment/stage.ts';
import { readFlags, wholeNumber } from './flags.ts';
import { RUN_FIGURES } from './run-figures.ts';
import { textsOf } from './searching/org-texts.ts';
import { countWords, type Question, questionsFor } from './searching/questions.ts';
import { type SearchedSide, searchTable, together } from './searching/report.ts';
import { type RoleGroup, roleGroups } from './searching/role-groups.ts';
import { type SearchedIndex, type Searcher, startSearcher } from './searching/search-processes.ts';
import { grouped, inTurns, machineLoad, sideBySide, table } from './side-by-side.ts';

const { against: _, ...ORG_OPTIONS } = STAGE_OPTIONS;
const FLAGS = {
  usage: 'npm run bench -- opensearch [--accounts N] [--seed N] [--org <folder>] [--latency <ms>]',
  options: ORG_OPTIONS,
} as const;

const PREFIX = 'bench';
const UNMEASURED = 60;
/** The searches of one kind at one place in the role tree. */
const SEARCHES = 40;
/** How many searches of a process are under way at once, where two processes are compared with one. */
const AT_ONCE = 4;

/** An index of the org, and how its complete backfill went. */
interface Filled {
  readonly name: string;
  readonly run: RunFigures;
  /** All that the engine stores. */
  readonly bytes: number;
  readonly index: SearchedIndex;
}

/**
 * Fills an OpenSearch and an index file from the same org, and searches both. Compares the complete backfill with the
 * bulk requests alone.
 */
export async function benchOpenSearch(args: readonly string[]): Promise<void> {
  const flags = readFlags(args, FLAGS);
  if (!canStartSearchNode())
    throw new UserError('There is no OpenSearch to start: run `tools/opensearch setup`, which needs Maven and a JDK.');
  const seed = wholeNumber('seed', flags.seed, 0);
  await onStage(flags, async (stage) => {
    const [checkout] = stage.compared;
    if (checkout === undefined) throw new Error('there is no checkout');
    const port = await freePort();
    const node = await startSearchNode({
      data: join(stage.work, 'opensearch'),
      port,
      log: join(stage.work, 'opensearch.log'),
      isQuick: false,
    });
    try {
      const inFile = await filledFile(stage, checkout);
      const { filled: inCluster, bare } = await filledCluster(stage, checkout, node);
      process.stdout.write(`Complete backfill of ${stage.orgFolder}, every reply after ${flags.latency} ms:\n`);
      process.stdout.write(backfillReport(inCluster, inFile, bare));
      const questions = questionsFor(countWords(await textsOf(stage.orgFolder)), seed);
      const groups = await roleGroups(stage.orgFolder);
      await searchBoth([inCluster, inFile], checkout, questions, groups);
      process.stdout.write(`${machineLoad()}\n`);
    } finally {
      await node.process.stop();
    }
  });
}

async function filledFile({ deploy }: Stage, checkout: Checkout): Promise<Filled> {
  const deployment = await deploy(checkout);
  try {
    const run = await deployment.completeBackfill();
    process.stderr.write(`index file: ${run.seconds.toFixed(1)} s; ${machineLoad()}\n`);
    const path = deployment.index;
    return { name: 'SQLite', run, bytes: statSync(path).size, index: { path } };
  } finally {
    await deployment.stop();
  }
}

async function filledCluster(
  { deploy, work }: Stage,
  checkout: Checkout,
  node: SearchNode,
): Promise<{ readonly filled: Filled; readonly bare: BareBulk }> {
  const recorded = join(work, 'recorded');
  mkdirSync(recorded);
  const proxy = await startRecordingProxy(node.url, recorded);
  try {
    const engine = `engine: opensearch, url: "${proxy.url}", prefix: ${PREFIX}, replicas: 0`;
    const deployment = await deploy(checkout, undefined, engine);
    let run: RunFigures;
    try {
      run = await deployment.completeBackfill();
    } finally {
      await deployment.stop();
    }
    process.stderr.write(`OpenSearch: ${run.seconds.toFixed(1)} s; ${machineLoad()}\n`);
    const bytes = await storedBytes(node);
    const bare = await measureBareBulk(node, proxy.bodies());
    process.stderr.write(`bulk requests alone: ${bare.seconds.toFixed(1)} s; ${machineLoad()}\n`);
    const index = { engine: 'opensearch', url: node.url, prefix: PREFIX } as const;
    return { filled: { name: 'OpenSearch', run, bytes, index }, bare };
  } finally {
    await proxy.close();
  }
}

async function storedBytes(node: SearchNode): Promise<number> {
  await node.ask('POST', `/${PREFIX}-*/_flush`);
  const { _all } = await node.ask<{ readonly _all: { readonly primaries: { store: { size_in_bytes: number } } } }>(
    'GET',
    `/${PREFIX}-*/_stats/store`,
  );
  return _all.primaries.store.size_in_bytes;
}

function backfillReport(inCluster: Filled, inFile: Filled, bare: BareBulk): string {
  const sides = [inCluster, inFile].map((filled) => ({ name: filled.name, rounds: [filled] }));
  const figures = [
    ...RUN_FIGURES.map((figure) => ({
      ...figure,
      name: figure.name.replace('size of the index', 'index file or run store'),
      of: ({ run }: Filled) => figure.of(run),
    })),
    { name: 'bytes a record in the engine', digits: 0, of: ({ bytes, run }: Filled) => bytes / run.records },
    { name: 'records a second', digits: 0, of: ({ run }: Filled) => run.records / run.seconds },
  ];
  const rate = inCluster.run.records / inCluster.run.seconds;
  const bareRate = bare.documents / bare.seconds;
  return (
    sideBySide(figures, sides) +
    table([
      ['documents in bulk requests', grouped(bare.documents, 0)],
      ['documents a second, bulk requests alone', grouped(bareRate, 0)],
      ['backfill to bulk requests alone', grouped(rate / bareRate, 2)],
    ])
  );
}

interface Side extends SearchedSide {
  readonly searchers: readonly Searcher[];
}

async function searchBoth(
  filled: readonly Filled[],
  checkout: Checkout,
  questions: readonly Question[],
  groups: readonly RoleGroup[],
): Promise<void> {
  const sides: Side[] = [];
  for (const { name, index } of filled)
    sides.push({
      name,
      searchers: [await startSearcher(checkout, index), await startSearcher(checkout, index)],
      answers: new Map(),
    });
  try {
    await askAll(sides, questions, groups);
    const sizes = groups.map(({ name, users }) => `${users.length} at ${name}`).join(', ');
    process.stdout.write(`Searches by place in the role tree (users: ${sizes}), pages of 20:\n`);
    process.stdout.write(searchTable(sides));
  } finally {
    for (const { searchers } of sides) for (const searcher of searchers) searcher.stop();
  }
}

async function askAll(
  sides: readonly Side[],
  questions: readonly Question[],
  groups: readonly RoleGroup[],
): Promise<void> {
  const searchesOf = (users: readonly string[], { words }: Question) =>
    Array.from({ length: SEARCHES }, (_, nth) => ({
      as: users[nth % users.length] ?? '',
      words: words[nth % words.length] ?? '',
    }));
  const all = groups.flatMap(({ users }) => questions.flatMap((question) => searchesOf(users, question)));
  for (const { searchers } of sides)
    for (const searcher of searchers) await searcher.ask({ searches: all.slice(0, UNMEASURED), parallel: 1 });
  for (const { name, users } of groups) {
    for (const question of questions)
      await inTurns(1, sides, async ({ searchers: [searcher], answers }) => {
        const answered = await searcher?.ask({ searches: searchesOf(users, question), parallel: 1 });
        if (answered !== undefined) answers.set(`${name}: ${question.name}`, answered);
      });
    for (const { answers } of sides)
      answers.set(`${name}: all`, together(questions.flatMap((each) => answers.get(`${name}: ${each.name}`) ?? [])));
  }
  for (const count of [1, 2])
    await inTurns(1, sides, async ({ searchers, answers }) => {
      const asked = { searches: all, parallel: AT_ONCE };
      const answered = await Promise.all(searchers.slice(0, count).map((searcher) => searcher.ask(asked)));
      const seconds = Math.max(...answered.map((each) => each.seconds));
      answers.set(`all, by ${count} ${count === 1 ? 'process' : 'processes'}`, { ...together(answered), seconds });
    });
}

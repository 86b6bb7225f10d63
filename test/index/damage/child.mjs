import { copyFileSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import * as errors from '../../../dist/src/index/port/errors.js';
import { damage } from './damages.mjs';
import { readingSide, writingSide } from './sides.mjs';

// Damages copies of the index in `folder` with the seeds `from` to `to`, calls everything on both sides, and reports
// the results on stdout. It prints the seed before its case, so that a process that ends shows which case ended it.

const [folder, from, to] = process.argv.slice(2);
const facts = JSON.parse(readFileSync(join(folder, 'facts.json'), 'utf8'));
const EXPLAINED = Object.values(errors);
const say = (what) => process.stdout.write(`${JSON.stringify(what)}\n`);

for (let seed = Number(from); seed < Number(to); seed++) {
  say({ seed });
  const met = { explained: 0, answers: 0, wrong: [], leaks: [] };
  const damaged = join(folder, `${seed}.sqlite`);
  copyFileSync(join(folder, 'base.sqlite'), damaged);
  const how = damage(damaged, seed);
  for (const side of [readingSide, writingSide]) {
    const path = `${damaged}.${side.name}`;
    copyFileSync(damaged, path);
    await walk(side(path, facts, met.leaks), met);
  }
  for (const ending of ['', '.readingSide', '.writingSide'])
    for (const journal of ['', '-wal', '-shm']) rmSync(damaged + ending + journal, { force: true });
  say({ seed, how, ...met });
}

async function walk(steps, met) {
  let given;
  for (;;) {
    let step;
    try {
      step = await steps.next(given);
    } catch (error) {
      met.wrong.push(error.stack);
      return;
    }
    if (step.done) return;
    given = await answer(step.value, met);
  }
}

async function answer(ask, met) {
  try {
    const answer = await ask();
    met.answers++;
    return answer;
  } catch (error) {
    if (!EXPLAINED.some((kind) => error instanceof kind) || error.message.includes('\n'))
      met.wrong.push(`${ask}\n${error.code ?? ''} ${error.stack}`);
    else met.explained++;
    return undefined;
  }
}

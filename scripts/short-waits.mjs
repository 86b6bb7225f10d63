// Loaded by `node --import` before a worker that a scenario runs: the wait for the API budget, a quarter of an hour, becomes
// seconds. Workflow code is as it is: how long it waits is an activity's answer.
import { register } from 'node:module';
import { isMainThread } from 'node:worker_threads';

const FILE = '/activities/org-limits.js';
const WAIT = 'ASK_AGAIN_MS = 15 * 60_000;';

if (isMainThread) register(import.meta.url);

export async function load(url, context, next) {
  const loaded = await next(url, context);
  if (!url.endsWith(FILE)) return loaded;
  const source = String(loaded.source);
  if (!source.includes(WAIT)) throw new Error(`${FILE} has no '${WAIT}' any more: mend scripts/short-waits.mjs.`);
  return { ...loaded, source: source.replace(WAIT, 'ASK_AGAIN_MS = 2_000;') };
}

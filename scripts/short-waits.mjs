// Loaded by `node --import` before a scenario's worker. Shortens the wait for the API budget from a quarter of an hour
// to seconds. Workflow code is unchanged, because an activity returns how long to wait.
import { register } from 'node:module';
import { isMainThread } from 'node:worker_threads';

/** Earlier versions call it org-limits.js: record-histories.mjs loads this file into them, too. */
const FILE = /\/activities\/(?:limit-reached|org-limits)\.js$/;
const WAIT = 'ASK_AGAIN_MS = 15 * 60_000;';

if (isMainThread) register(import.meta.url);

export async function load(url, context, next) {
  const loaded = await next(url, context);
  if (!FILE.test(url)) return loaded;
  const source = String(loaded.source);
  if (!source.includes(WAIT)) throw new Error(`${url} no longer has '${WAIT}': fix scripts/short-waits.mjs.`);
  return { ...loaded, source: source.replace(WAIT, 'ASK_AGAIN_MS = 2_000;') };
}

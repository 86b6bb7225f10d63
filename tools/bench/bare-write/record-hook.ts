// A module loader that gives all code the store of recording-open.ts in place of the one in src/index/open.ts.
import type { ResolveHook } from 'node:module';

const RECORDING = new URL('./recording-open.js', import.meta.url).href;
const OPEN = new URL('../../../src/index/open.js', import.meta.url).href;

export const resolve: ResolveHook = async (specifier, context, next) => {
  const resolved = await next(specifier, context);
  return resolved.url === OPEN && context.parentURL !== RECORDING ? { ...resolved, url: RECORDING } : resolved;
};

import type { Caller } from './credentials/caller.ts';

/** What the framework keeps of a request: who sent it. */
export type CallerVariables = { readonly Variables: { caller: Caller } };

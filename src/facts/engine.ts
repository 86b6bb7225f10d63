/**
 * Why the search engine takes no changes for now. `unreachable`: no answer. `overloaded`: it has no capacity left.
 * `refused`: it rejects the credentials or the certificate, or the engine's user lacks a right.
 */
export type EngineTrouble = 'unreachable' | 'read_only' | 'overloaded' | 'refused';

export const ENGINE_TROUBLES: readonly EngineTrouble[] = ['unreachable', 'read_only', 'overloaded', 'refused'];

/** A search engine that takes no changes for now. `src/sentences/engine.ts` has the words. */
export type EngineFacts = {
  readonly code: 'engine_unavailable';
  readonly reason: EngineTrouble;
  /** Without credentials. */
  readonly address: string;
  /** What the engine, its proxy or the network calls it: `cluster_block_exception`. Null: it has no name. */
  readonly engineCode: string | null;
};

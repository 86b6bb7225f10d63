import type { Org } from '../org/types.ts';

/** Returns a function that computes `build` once for each revision of the org, on first use. */
export function perRevision<T>(org: Org, build: () => T): () => T {
  let kept: { readonly revision: number; readonly value: T } | null = null;
  return () => {
    if (kept === null || kept.revision !== org.revision) kept = { revision: org.revision, value: build() };
    return kept.value;
  };
}

import { type ClusterFailure, failureOf } from './failures.ts';

/** The answer of a cluster, or why there is none. */
export type Answer<Body> = { readonly body: Body } | { readonly failure: ClusterFailure };

/**
 * Waits for an answer, and makes the failure of the request a value.
 *
 * @throws any other error
 */
export async function answerOf<Body>(asked: Promise<{ readonly body: Body }>): Promise<Answer<Body>> {
  try {
    return { body: (await asked).body };
  } catch (error) {
    const failure = failureOf(error);
    if (failure === null) throw error;
    return { failure };
  }
}

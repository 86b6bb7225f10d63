/**
 * The most by which a run's number may exceed the highest that the index knows. A restored copy lacks as many runs as were
 * made since. Beyond that the number is made up, and accepting it could use all numbers up.
 */
export const MOST_RUNS_AHEAD = 1_000_000_000;

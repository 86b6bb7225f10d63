import { percentile } from '../percentile.ts';
import { grouped, table } from '../side-by-side.ts';
import type { Timed } from './messages.ts';

/** What the same searches took over HTTP, and in a program that has the library. */
export interface Compared {
  /** How many clients, or callers, asked at once. */
  readonly atOnce: number;
  readonly server: Timed;
  readonly library: Timed;
}

/** Sums up rounds, as if all their searches had been one round. */
export function asOne(rounds: readonly Timed[]): Timed {
  const sum = (of: (timed: Timed) => number): number => rounds.reduce((total, each) => total + of(each), 0);
  return {
    times: rounds.flatMap(({ times }) => times),
    hits: sum(({ hits }) => hits),
    refused: sum(({ refused }) => refused),
    seconds: sum(({ seconds }) => seconds),
    cpuSeconds: sum(({ cpuSeconds }) => cpuSeconds),
  };
}

const FIGURES: readonly { readonly name: string; readonly digits: number; of(timed: Timed): number }[] = [
  { name: 'searches a second', digits: 0, of: ({ times, seconds }) => times.length / seconds },
  { name: 'p50, ms', digits: 1, of: ({ times }) => percentile(sorted(times), 0.5) },
  { name: 'p95, ms', digits: 1, of: ({ times }) => percentile(sorted(times), 0.95) },
  { name: 'CPU of a search, ms', digits: 2, of: ({ times, cpuSeconds }) => (cpuSeconds * 1_000) / times.length },
];

/** Returns a table with rows for each number of clients. The ratio is that of the server to the library. */
export function serveTable(compared: readonly Compared[]): string {
  const rows = compared.flatMap(({ atOnce, server, library }) =>
    FIGURES.map(({ name, digits, of }, nth) => {
      const [over, alone] = [of(server), of(library)];
      const shown = [grouped(over, digits), grouped(alone, digits), alone === 0 ? '–' : (over / alone).toFixed(2)];
      return [nth === 0 ? `${atOnce} at once` : '', name, ...shown];
    }),
  );
  return table([['', '', 'server', 'library', 'ratio'], ...rows]);
}

function sorted(times: readonly number[]): readonly number[] {
  return times.toSorted((one, other) => one - other);
}

import { percentile } from '../percentile.ts';
import { grouped, table } from '../side-by-side.ts';
import type { Answered } from './messages.ts';

/** What the searches of one checkout took. */
export interface SearchedSide {
  readonly name: string;
  /** By the name of the question. */
  readonly answers: Map<string, Answered>;
}

/** Sums up answers, as if all their searches had been one question. */
export function together(answers: readonly Answered[]): Answered {
  const sum = (of: (answered: Answered) => number): number => answers.reduce((total, each) => total + of(each), 0);
  const highest = (of: (answered: Answered) => number): number => Math.max(0, ...answers.map(of));
  return {
    times: answers.flatMap(({ times }) => times),
    hits: sum(({ hits }) => hits),
    refused: sum(({ refused }) => refused),
    seconds: sum(({ seconds }) => seconds),
    cpuSeconds: sum(({ cpuSeconds }) => cpuSeconds),
    loopDelay: {
      p999: highest(({ loopDelay }) => loopDelay.p999),
      longest: highest(({ loopDelay }) => loopDelay.longest),
    },
  };
}

const HEAD = [
  '',
  'by',
  'p50',
  'p95',
  'p99',
  'longest',
  'a second',
  'CPU, s',
  'loop p99.9',
  'loop longest',
  'hits',
  'p95 ratio',
];

/** Returns a table with a row for each question and side, in milliseconds. The ratio is that of the first side to the second. */
export function searchTable(sides: readonly SearchedSide[]): string {
  const names = [...(sides[0]?.answers.keys() ?? [])];
  const rows = names.flatMap((name) => {
    const shown = sides.map(({ answers }) => figuresOf(answers.get(name)));
    const [one, other] = shown;
    const ratio = one === undefined || other === undefined ? '' : (one.p95 / other.p95).toFixed(2);
    return shown.map((figures, nth) => [
      nth === 0 ? name : '',
      sides[nth]?.name ?? '',
      ...figures.cells,
      nth === 0 ? ratio : '',
    ]);
  });
  return table([sides.length < 2 ? HEAD.slice(0, -1) : HEAD, ...rows]);
}

function figuresOf(answered: Answered | undefined): { readonly p95: number; readonly cells: readonly string[] } {
  if (answered === undefined) return { p95: 0, cells: [] };
  const { hits, seconds, cpuSeconds, loopDelay } = answered;
  const times = answered.times.toSorted((one, other) => one - other);
  const [p50, p95, p99, longest] = [0.5, 0.95, 0.99, 1].map((part) => percentile(times, part)) as [
    number,
    number,
    number,
    number,
  ];
  return {
    p95,
    cells: [
      ...[p50, p95, p99, longest].map((value) => grouped(value, 1)),
      grouped(times.length / seconds, 0),
      grouped(cpuSeconds, 1),
      ...[loopDelay.p999, loopDelay.longest].map((value) => grouped(value, 0)),
      grouped(hits, 0),
    ],
  };
}

import { loadavg } from 'node:os';
import { median } from './median.ts';

/** A figure that is printed for each checkout. */
export interface Figure<M> {
  readonly name: string;
  readonly digits: number;
  of(measured: M): number;
}

/** What was measured of one checkout, once a round. */
export interface Side<M> {
  readonly name: string;
  readonly rounds: readonly M[];
}

/** Returns a table with the median of each figure, and the ratio of the first side to the second if there are two. */
export function sideBySide<M>(figures: readonly Figure<M>[], sides: readonly Side<M>[]): string {
  const rows = figures.map(({ name, digits, of }) => {
    const values = sides.map(({ rounds }) => median(rounds.map(of)));
    const [one = 0, other = 0] = values;
    const ratio = sides.length < 2 ? [] : [other === 0 ? '–' : (one / other).toFixed(2)];
    return [name, ...values.map((value) => grouped(value, digits)), ...ratio];
  });
  const head = ['', ...sides.map(({ name }) => name), ...(sides.length < 2 ? [] : ['ratio'])];
  return table([head, ...rows]);
}

/** Returns rows as lines. The first column is aligned left, the others right. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const cell = (text: string, column: number): string =>
    column === 0 ? text.padEnd(widths[column] ?? 0) : text.padStart(widths[column] ?? 0);
  return rows.map((row) => `${row.map(cell).join('  ').trimEnd()}\n`).join('');
}

export function grouped(value: number, digits: number): string {
  return value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** Says how busy the machine was in the last minute, this bench included. */
export function machineLoad(): string {
  return `load of the machine ${loadavg()[0]?.toFixed(1)}`;
}

/** Calls `work` for each side in turns, so that other load on the machine affects all equally. Every second round is reversed. */
export async function inTurns<S>(rounds: number, sides: readonly S[], work: (side: S, round: number) => Promise<void>) {
  for (let round = 0; round < rounds; round += 1)
    for (const side of round % 2 === 0 ? sides : sides.toReversed()) await work(side, round);
}

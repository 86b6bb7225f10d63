import { printable } from '../lib/printable.ts';

const WIDEST = 60;

/** Formats rows as lines with aligned columns. Does not cut the last column. */
export function columns(rows: readonly (readonly string[])[]): string {
  const lines = rows.map((row) =>
    row.map((cell, at) => (at === row.length - 1 ? printable(cell) : cut(printable(cell)))),
  );
  const widths = (lines[0] ?? []).map((_, at) => Math.max(...lines.map((line) => Array.from(line[at] ?? '').length)));
  return lines
    .map(
      (line) =>
        `${line
          .map((cell, at) => pad(cell, widths[at] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}

function pad(cell: string, width: number): string {
  return cell + ' '.repeat(Math.max(0, width - Array.from(cell).length));
}

function cut(cell: string): string {
  const letters = Array.from(cell);
  return letters.length <= WIDEST ? cell : `${letters.slice(0, WIDEST - 1).join('')}…`;
}

import type { RunMemo } from '../../workflows/contract.ts';
import { printable, printableLines } from '../lib/printable.ts';
import { progressLine } from './progress-line.ts';

/** The part of a stream that is used, so that tests can pass another. */
export type Output = Pick<NodeJS.WriteStream, 'write'> & { readonly isTTY?: boolean; readonly columns?: number };

/** A display of a run's progress: on a terminal one line that is redrawn, elsewhere a line per change. */
export interface LiveProgress {
  /** Writes a permanent line. */
  line(text: string): void;
  /** Shows the run's current progress. */
  show(memo: Partial<RunMemo>, startedAt: Date): void;
  /** Removes the live line. */
  clear(): void;
}

/** Moves to the start of the line and erases it. */
const ERASE = '\r\u001b[K';
const COLUMNS = 80;

export function liveProgress(output: Output, now: () => Date = () => new Date()): LiveProgress {
  return output.isTTY === true ? onTerminal(output, now) : inLines(output);
}

function onTerminal(output: Output, now: () => Date): LiveProgress {
  let drawn = '';

  function draw(text: string): void {
    if (text === drawn) return;
    output.write(ERASE + text);
    drawn = text;
  }
  return {
    line(text) {
      draw('');
      output.write(`${printableLines(text)}\n`);
    },
    show(memo, startedAt) {
      draw(printable(progressLine(memo, startedAt, now(), (output.columns || COLUMNS) - 1)));
    },
    clear: () => draw(''),
  };
}

function inLines(output: Output): LiveProgress {
  let shown = '';
  return {
    line: (text) => void output.write(`${printableLines(text)}\n`),
    show({ headline, failure }) {
      // The error message that follows reports the failure.
      if (headline === undefined || headline === shown || failure !== undefined) return;
      shown = headline;
      output.write(`${printable(headline)}\n`);
    },
    clear: () => {},
  };
}

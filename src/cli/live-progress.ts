import type { RunMemo } from '../../workflows/contract.ts';
import { printable, printableLines } from '../printable.ts';
import { progressLine } from './progress-line.ts';

/** What of a stream is used, so that a test can give another. */
export type Output = Pick<NodeJS.WriteStream, 'write'> & { readonly isTTY?: boolean; readonly columns?: number };

/** Tells a person how a run goes: on a terminal one line that is drawn over, elsewhere a line for each change. */
export interface LiveProgress {
  /** Writes a line that stays. */
  line(text: string): void;
  /** Shows a run, as often as it is looked at. */
  show(memo: Partial<RunMemo>, startedAt: Date): void;
  /** Takes the live line away. */
  clear(): void;
}

/** The start of the line, and nothing behind it. */
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
      // The error that follows a failure says it.
      if (headline === undefined || headline === shown || failure !== undefined) return;
      shown = headline;
      output.write(`${printable(headline)}\n`);
    },
    clear: () => {},
  };
}

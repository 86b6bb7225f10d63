import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { processesOf } from '../cli/command-line.ts';
import { INSTALLATION_TIMEOUT_MS } from './installed.ts';
import { type Block, blocksOf, document, freshClone, type Played, play, sectionOf } from './literal.ts';

/** The README's "Try it", word for word, in a fresh clone: every command, and the output that it promises. */

const { folder, clone } = freshClone();
let blocks: Block[];
let played: Played;
beforeAll(async () => {
  blocks = blocksOf(sectionOf(document(clone, 'README.md'), 'Try it'));
  played = await play(
    blocks.filter(({ language }) => language === 'sh').map(({ text }) => text),
    clone,
  );
}, INSTALLATION_TIMEOUT_MS);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Ports and durations differ from one machine to the next. */
const steady = (line: string) =>
  line.replaceAll(/127\.0\.0\.1:\d+/g, '127.0.0.1:<port>').replaceAll(/\b[\d.]+ s\b/g, '<n> s');

/** The promised lines that the output lacks, in order. `…` matches anything. */
function missing(promised: string, output: string): string[] {
  const lines = output.split('\n').map(steady);
  let from = 0;
  return promised
    .split('\n')
    .filter((line) => line !== '' && line !== '…')
    .filter((line) => {
      const parts = steady(line).split('…');
      const at = lines.findIndex((real, index) => index >= from && matches(real, parts));
      if (at >= 0) from = at + 1;
      return at < 0;
    });
}

function matches(line: string, [first = '', ...rest]: readonly string[]): boolean {
  if (rest.length === 0) return line === first;
  const last = rest.at(-1) ?? '';
  return line.startsWith(first) && line.endsWith(last) && line.length >= first.length + last.length;
}

describe('the README', () => {
  it('has only commands that work', () => {
    expect(played.outputs.length).toBeGreaterThan(3);
    expect(played.code, played.outputs.at(-1)).toBe(0);
  });

  it('shows the output that each command has', () => {
    const promises = blocks.flatMap(({ language }, at) =>
      language === 'text' ? [[blocks.slice(0, at).filter((block) => block.language === 'sh').length - 1, at]] : [],
    );
    expect(promises.length).toBe(played.outputs.length);
    for (const [command = 0, at = 0] of promises)
      expect(missing(blocks[at]?.text ?? '', played.outputs[command] ?? '')).toEqual([]);
  });

  it('leaves no process behind', () => {
    expect(processesOf(folder)).toEqual([]);
  });

  it('control: a line that is not in the output, or comes too late, is noticed', () => {
    expect(missing('b…1\na', 'a\nbc 1\nd')).toEqual(['a']);
    expect(missing('in 8 s\n…\nz', 'in 3 s\ny')).toEqual(['z']);
  });
});

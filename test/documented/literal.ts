import { execFileSync, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { packageRoot } from '../../src/process/package-root.ts';
import { fetchTemporal } from '../../src/temporal/binaries.ts';
import { plainEnvironment } from './installed.ts';

/** A fenced block of a document, with the text between it and the previous block. */
export interface Block {
  readonly language: string;
  readonly text: string;
  readonly before: string;
}

export function blocksOf(markdown: string): Block[] {
  const parts = markdown.split(/^```(.*)\n([\s\S]*?)^```$/gm);
  const blocks: Block[] = [];
  for (let at = 0; at + 2 < parts.length; at += 3)
    blocks.push({ before: parts[at] ?? '', language: parts[at + 1] ?? '', text: parts[at + 2] ?? '' });
  return blocks;
}

/** The text of a document between a heading and the next one of the same level. */
export function sectionOf(markdown: string, heading: string): string {
  const [, rest = ''] = markdown.split(`\n## ${heading}\n`);
  return rest.split('\n## ')[0] ?? '';
}

/** A fresh clone of this repository in a new folder, with the uncommitted changes. The caller removes the folder. */
export function freshClone(): { readonly folder: string; readonly clone: string } {
  const root = packageRoot();
  const folder = mkdtempSync(join(tmpdir(), 'fresh-clone-'));
  const clone = join(folder, 'salesforce-connector');
  execFileSync('git', ['clone', '--quiet', root, clone]);
  const uncommitted = ['ls-files', '-z', '--modified', '--deleted', '--others', '--exclude-standard'];
  const paths = execFileSync('git', uncommitted, { cwd: root, encoding: 'utf8' }).split('\0').filter(Boolean);
  for (const path of new Set(paths)) {
    if (existsSync(join(root, path))) cpSync(join(root, path), join(clone, path), { verbatimSymlinks: true });
    else rmSync(join(clone, path), { force: true });
  }
  return { folder, clone };
}

export const document = (clone: string, path: string) => readFileSync(join(clone, path), 'utf8');

/** The output of each command block, or why the script ended early. */
export interface Played {
  readonly code: number | null;
  readonly outputs: readonly string[];
}

const MARK = '--- the next block ---';

/**
 * Runs the texts in order in one bash, like a person in one shell. The first command that fails ends it. A `temporal`
 * program is on PATH.
 */
export async function play(texts: readonly string[], cwd: string): Promise<Played> {
  const script = [
    'set -e',
    "trap 'kill $(jobs -p) 2>/dev/null || true; wait' EXIT",
    ...texts.flatMap((text) => [`echo '${MARK}'`, text]),
  ].join('\n');
  const bash = spawn('bash', ['-c', script], {
    cwd,
    env: plainEnvironment([dirname(await fetchTemporal('temporal'))]),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [bash.stdout, bash.stderr]) stream.on('data', (chunk) => (output += chunk));
  const code = await new Promise<number | null>((done) => bash.once('close', done));
  return { code, outputs: output.split(`${MARK}\n`).slice(1) };
}

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSync, type StringLiteral, type TemplateLiteral, Visitor } from 'oxc-parser';
import { packageRoot } from '../../src/process/package-root.ts';

/** A piece of text that a person reads: a paragraph, a list item, a table cell, a comment, a message. */
export interface Passage {
  readonly line: number;
  /** One line, with single blanks. Code in backquotes and what a template inserts are `¤`. */
  readonly text: string;
}

const CODE = '¤';

const oneLine = (text: string) =>
  text
    .replaceAll(/`[^`]*`/g, CODE)
    .replaceAll(/\]\([^)\s]*\)/g, ']')
    .replaceAll(/\s+/g, ' ')
    .trim();

/** Paragraphs, list items, headings and table cells. Fenced and indented code is left out. */
function passagesOfMarkdown(markdown: string): Passage[] {
  const passages: Passage[] = [];
  let open: { line: number; lines: string[] } | null = null;
  let isFenced = false;
  let isCode = false;
  let before = '';
  const close = (): void => {
    if (open !== null) passages.push({ line: open.line, text: oneLine(open.lines.join('\n')) });
    open = null;
  };
  for (const [at, line] of markdown.split('\n').entries()) {
    if (line.trimStart().startsWith('```')) {
      close();
      isFenced = !isFenced;
      continue;
    }
    isCode = /^ {4}/.test(line) && (isCode || (before.trim() === '' && open === null));
    before = line;
    if (isFenced || isCode) continue;
    if (line.trim() === '') close();
    else if (line.startsWith('|')) {
      close();
      for (const cell of line.split('|')) passages.push({ line: at + 1, text: oneLine(cell) });
    } else {
      const marker = /^\s*(?:[-*+]|\d+\.|#+)\s+/.exec(line)?.[0] ?? '';
      if (marker !== '') close();
      open ??= { line: at + 1, lines: [] };
      open.lines.push(line.slice(marker.length));
    }
  }
  close();
  return passages.filter(({ text }) => text !== '');
}

/** Comments, and the strings and templates that are words: those with a blank. */
function passagesOfCode(path: string, code: string): Passage[] {
  const { program, comments, errors } = parseSync(path, code);
  if (errors.length > 0) throw new Error(`${path} cannot be parsed: ${errors[0]?.message}`);
  const lineAt = (offset: number): number => code.slice(0, offset).split('\n').length;
  const passages: Passage[] = [];
  const add = (offset: number, text: string): void => {
    passages.push({ line: lineAt(offset), text: oneLine(text) });
  };

  let lines: { readonly start: number; readonly end: number; readonly text: string } | undefined;
  const close = (): void => {
    if (lines !== undefined) add(lines.start, lines.text);
    lines = undefined;
  };
  const follows = (start: number): boolean => /^[ \t]*\n[ \t]*$/.test(code.slice(lines?.end, start));
  for (const { type, value, start, end } of comments) {
    if (type === 'Block') {
      close();
      const unstarred = value.replaceAll(/^\s*\*+ ?/gm, '');
      // A tag, and a paragraph, begins a new sentence.
      for (const part of unstarred.split(/\n\s*\n|\n(?=@\w)/)) add(start, part.replace(/^@(?:param \w+|\w+)\s*/, ''));
    } else if (lines !== undefined && follows(start)) {
      lines = { start: lines.start, end, text: `${lines.text}\n${value}` };
    } else {
      close();
      lines = { start, end, text: value };
    }
  }
  close();

  new Visitor({
    Literal(node) {
      const { value, start } = node as StringLiteral;
      if (typeof value === 'string' && value.includes(' ')) add(start, value);
    },
    TemplateLiteral({ quasis, start }: TemplateLiteral) {
      const text = quasis.map(({ value }) => (value.cooked ?? value.raw).replaceAll('`', '')).join(CODE);
      if (text.includes(' ')) add(start, text);
    },
  }).visit(program);
  return passages.filter(({ text }) => text !== '');
}

/** Comments of YAML and of shell scripts, those on successive lines as one, and the words that are quoted or after a colon. */
function passagesOfLines(text: string): Passage[] {
  const passages: { line: number; text: string; isComment: boolean }[] = [];
  for (const [at, line] of text.split('\n').entries()) {
    const comment = /(?:^|\s)#\s?(.*)$/.exec(line)?.[1];
    const last = passages.at(-1);
    if (
      comment !== undefined &&
      /^\s*#/.test(line) &&
      last?.isComment &&
      last.line + last.text.split('\n').length === at + 1
    )
      last.text += `\n${comment}`;
    else passages.push({ line: at + 1, text: comment ?? line, isComment: comment !== undefined });
  }
  return passages.map((each) => ({ line: each.line, text: oneLine(each.text) })).filter(({ text: one }) => one !== '');
}

/** Every line of a text is a passage together with the ones around it, up to a blank line. */
function passagesOfText(text: string): Passage[] {
  let line = 1;
  return text.split(/\n\s*\n/).flatMap((part) => {
    const at = line;
    line += part.split('\n').length + 1;
    return part.trim() === '' ? [] : [{ line: at, text: oneLine(part) }];
  });
}

/** Folders whose files nobody writes here, or that hold what earlier versions stored. */
const SKIPPED = ['node_modules', 'dist', 'test/stored', 'test/replay/histories'];

/** Folders with a dot that are read all the same. */
const DOTTED = ['.ci', '.github'];

const READERS: readonly (readonly [pattern: RegExp, (path: string, text: string) => Passage[]])[] = [
  [/\.md$/, (_, text) => passagesOfMarkdown(text)],
  [/\.(?:ts|mjs|js)$/, passagesOfCode],
  [/\.(?:ya?ml|py)$|^\.ci\/run$|^Dockerfile$|^\.dockerignore$|^\.env\.example$/, (_, text) => passagesOfLines(text)],
  // An object in brackets is code.
  [/(?:^|\/)(?:package|tsconfig[\w.]*)\.json$|\.jsonc$/, (path, text) => passagesOfCode(`${path}.ts`, `(${text})`)],
  [/\/help\/.*\.txt$/, (_, text) => passagesOfText(text)],
];

/** What a person reads in a file; nothing where it is none of those that are read. */
export function passagesOf(path: string, text: string): Passage[] {
  return READERS.find(([pattern]) => pattern.test(path))?.[1](path, text) ?? [];
}

/** Every file of the repository in which a person reads something, by its path. */
export function proseFiles(root: string = packageRoot()): string[] {
  const files: string[] = [];
  const walk = (folder: string): void => {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) {
        const isHidden = entry.name.startsWith('.') && !DOTTED.includes(path);
        if (!isHidden && !['node_modules', 'dist'].includes(entry.name) && !SKIPPED.includes(path)) walk(path);
      } else if (READERS.some(([pattern]) => pattern.test(path))) files.push(path);
    }
  };
  walk('');
  return files.sort();
}

export function textOf(path: string): string {
  const file = join(packageRoot(), path);
  if (!existsSync(file)) throw new Error(`There is no ${path}.`);
  return readFileSync(file, 'utf8');
}

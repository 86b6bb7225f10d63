import {
  type Document,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  visit,
  type YAMLParseError,
} from 'yaml';
import { UserError } from '../errors.ts';

/** A config file as plain data. */
export interface WrittenConfig {
  readonly content: unknown;
  /** The line of a key, from 1; null: it is not in the file. */
  lineOf(path: readonly PropertyKey[]): number | null;
}

/**
 * Reads the YAML text.
 *
 * @param known every key that a config file may hold; nested ones as `index.path`
 * @throws UserError with file, line and key; never with other text, which may be a secret
 */
export function parseYaml(text: string, file: string, known: readonly string[]): WrittenConfig {
  const lines = new LineCounter();
  // Warnings would print a part of the text to stderr.
  const document = parseDocument(text, { prettyErrors: false, lineCounter: lines, logLevel: 'error' });
  const [first] = document.errors;
  if (first) {
    const open = unclosed(document);
    const { line } = lines.linePos(open?.at ?? first.pos[0]);
    const source = text.split('\n')[line - 1] ?? '';
    const hint =
      open === null
        ? yamlHint(first, source)
        : `${open.opening} is not closed: write ${open.closing} at its end, or put the whole value in quotes`;
    throw new UserError(`${file}, line ${line}${keyOf(source, known)}: ${hint}`);
  }
  const { contents } = document;
  if (!isMap(contents))
    throw new UserError(`${file} has no keys: write one \`key: value\` per line, at least base_url.`);
  const lineOf: WrittenConfig['lineOf'] = (path) => {
    const start = startOf(contents, path);
    return start === null ? null : lines.linePos(start).line;
  };
  try {
    return { content: document.toJS({ maxAliasCount: 0 }), lineOf };
  } catch {
    const line = text.split('\n').findIndex((source) => /:\s*\*/.test(source));
    const at = line < 0 ? '' : `, line ${line + 1}${keyOf(text.split('\n')[line] ?? '', known)}`;
    throw new UserError(`${file}${at}: ${STAR}`);
  }
}

const STAR = 'a value that begins with * must be in quotes, like "*/10 * * * *"';

const HINTS: Readonly<Partial<Record<YAMLParseError['code'], string>>> = {
  DUPLICATE_KEY: 'this key appears twice: keep one',
  TAB_AS_INDENT: 'this line is indented with a tab: use spaces',
  BAD_INDENT: 'this line is not indented like its neighbours',
  BLOCK_AS_IMPLICIT_KEY:
    'this is not valid YAML: indent all keys of one level equally, and put a value that contains a colon in quotes',
  MULTILINE_IMPLICIT_KEY: 'this is not valid YAML: write one `key: value` per line',
  MISSING_CHAR: 'this is not valid YAML: write one `key: value` per line',
};

function yamlHint({ code }: YAMLParseError, source: string): string {
  if (/:\s*\*/.test(source)) return STAR;
  if (/:\s*[@%&!`|>{[]/.test(source)) return `this is not valid YAML (${code}): put the value in quotes`;
  return HINTS[code] ?? `this is not valid YAML (${code})`;
}

interface Unclosed {
  readonly opening: string;
  readonly closing: string;
  /** Where it opens. */
  readonly at: number;
}

/** The bracket or quote that is not closed; null: all are. The parser's error names the place where it noticed. */
function unclosed(document: Document): Unclosed | null {
  const error = document.errors.find(({ message }) => /end with a [\]}]|Missing closing/.test(message));
  if (error === undefined) return null;
  const [end] = error.pos;
  let found: Unclosed | null = null;
  visit(document, {
    Node(_, node) {
      const at = node.range?.[0];
      const marks = marksOf(node);
      if (at === undefined || at > end || marks === null) return;
      if (error.message.includes(`end with a ${marks[1]}`) || (error.code === 'MISSING_CHAR' && isScalar(node)))
        found = { opening: marks[0], closing: marks[1], at };
    },
  });
  return found;
}

function marksOf(node: Node): readonly [opening: string, closing: string] | null {
  if (isMap(node)) return node.flow ? ['{', '}'] : null;
  if (isSeq(node)) return node.flow ? ['[', ']'] : null;
  if (!isScalar(node)) return null;
  if (node.type === 'QUOTE_DOUBLE') return ['"', '"'];
  return node.type === 'QUOTE_SINGLE' ? ["'", "'"] : null;
}

/** The key at the beginning of a line, after a comma. Empty if it is not a known key: it may be a secret. */
function keyOf(source: string, known: readonly string[]): string {
  const key = /^\s*([\w-]+)\s*:/.exec(source)?.[1];
  return key !== undefined && known.some((name) => name.split('.').at(-1) === key) ? `, ${key}` : '';
}

/** Where a key begins in the text; null: it is not there. */
function startOf(contents: Node, path: readonly PropertyKey[]): number | null {
  let at: unknown = contents;
  let found: unknown = null;
  for (const key of path) {
    const pair = isMap(at)
      ? at.items.find((each) => isScalar(each.key) && String(each.key.value) === String(key))
      : null;
    found = pair?.key ?? (isSeq(at) ? at.items[Number(key)] : null);
    at = pair === null ? found : pair?.value;
  }
  return isNode(found) ? (found.range?.[0] ?? null) : null;
}

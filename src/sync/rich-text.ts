import { Tokenizer, type TokenizerCallbacks } from 'htmlparser2';
import type { ObjectDescription } from '../salesforce/describe.ts';

/** Tags that separate words. Others, unknown ones included, do not: `<b>un</b>believable` is one word. */
const PARTING = new Set(
  (
    'address area article aside audio blockquote body br button caption center col colgroup dd details dialog dir div dl ' +
    'dt embed fieldset figcaption figure footer form frame frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html iframe ' +
    'img input legend li listing main menu nav object ol optgroup option p plaintext pre progress rp rt section select ' +
    'summary svg table tbody td textarea tfoot th thead tr ul video xmp'
  ).split(' '),
);
/** Those of them that do not end the line. */
const IN_LINE = new Set(
  'area audio button embed iframe img input object progress rp rt select svg td th video'.split(' '),
);
/** Tags whose content is invisible. */
const HIDDEN = new Set('iframe noembed noframes noscript script style template title'.split(' '));

const FOREIGN = new Set(['svg', 'math']);

/** What Salesforce writes for an image without a description. */
const NO_DESCRIPTION = 'User-added image';

/** Characters that HTML displays as a space. Other invisible characters belong to the text. */
const SPACES = /[\t\n\f\r \u00a0]+/g;
const VISIBLE = /[^\p{Cc}\p{Cf}\p{Z}]/u;

/** Returns those of the fields that are HTML. In other fields, `<` and `&` are ordinary characters. */
export function richTextFields(described: ObjectDescription | null, fields: readonly string[]): string[] {
  const rich = new Set((described?.fields ?? []).filter((field) => field.htmlFormatted).map(({ name }) => name));
  return fields.filter((field) => rich.has(field));
}

/**
 * Returns the visible text of a rich text: lines of words, without markup. An image is replaced by its description,
 * which is the only text of a formula's IMAGE(). Reads damaged markup as browsers do. Takes linear time, because it
 * reads one tag at a time and builds no tree.
 */
export function textOfHtml(html: string): string {
  const reader = new Reader(html);
  const tokenizer = new Tokenizer({}, reader);
  tokenizer.write(withoutCdata(html));
  tokenizer.end();
  return reader.text();
}

/** In HTML, CDATA is a broken comment that ends at the next `>`. The tokenizer recognizes it only in capitals. */
function withoutCdata(html: string): string {
  return html.replaceAll('<![CDATA[', '<![cdata[');
}

class Reader implements TokenizerCallbacks {
  readonly #html: string;
  /** Pieces of text, with `\n` between lines. */
  readonly #parts: string[] = [];
  /** The open tag whose content is hidden; null if there is none. */
  #hidden: string | null = null;
  /** Number of open tags of that name. Only templates can be nested. */
  #depth = 0;
  /** Number of open tags from FOREIGN. */
  #foreign = 0;
  /** The tag being read. */
  #name = '';
  #isImage = false;
  /** The description of an image so far; null while another attribute is read. */
  #alt: string | null = null;

  constructor(html: string) {
    this.#html = html;
  }

  text(): string {
    const lines = this.#parts.join('').split('\n');
    return lines
      .map((line) => line.replace(SPACES, ' ').trim())
      .filter((line) => VISIBLE.test(line))
      .join('\n');
  }

  ontext(start: number, end: number): void {
    if (this.#hidden === null) this.#parts.push(this.#html.slice(start, end).replace(SPACES, ' '));
  }

  ontextentity(code: number): void {
    if (this.#hidden === null) this.#parts.push(String.fromCodePoint(code).replace(SPACES, ' '));
  }

  onopentagname(start: number, end: number): void {
    const name = this.#part(start, end);
    this.#name = name;
    this.#isImage = name === 'img';
    if (FOREIGN.has(name)) this.#foreign++;
    if (HIDDEN.has(name)) this.#hidden ??= name;
    if (name === this.#hidden && (this.#depth === 0 || name === 'template')) this.#depth++;
  }

  onclosetag(start: number, end: number): void {
    const name = this.#part(start, end);
    if (FOREIGN.has(name)) this.#foreign = Math.max(0, this.#foreign - 1);
    if (name === this.#hidden) this.#close();
  }

  isInForeignContext(): boolean {
    return this.#foreign > 0;
  }

  /** Only FOREIGN tags, and tags inside them, can be self-closing. */
  onselfclosingtag(): void {
    if (this.#foreign === 0) return;
    if (FOREIGN.has(this.#name)) this.#foreign--;
    if (this.#name === this.#hidden) this.#close();
  }

  #close(): void {
    this.#depth--;
    if (this.#depth === 0) this.#hidden = null;
  }

  onattribname(start: number, end: number): void {
    this.#alt = this.#isImage && this.#html.slice(start, end).toLowerCase() === 'alt' ? '' : null;
  }

  onattribdata(start: number, end: number): void {
    if (this.#alt !== null) this.#alt += this.#html.slice(start, end);
  }

  onattribentity(code: number): void {
    if (this.#alt !== null) this.#alt += String.fromCodePoint(code);
  }

  onattribend(): void {
    if (this.#alt === null) return;
    const alt = this.#alt.replace(SPACES, ' ');
    this.#alt = null;
    if (this.#hidden === null && alt !== NO_DESCRIPTION) this.#parts.push(alt, ' ');
  }

  /** Returns a tag's name, and separates words if the tag does. */
  #part(start: number, end: number): string {
    const name = this.#html.slice(start, end).toLowerCase();
    if (PARTING.has(name)) this.#parts.push(IN_LINE.has(name) ? ' ' : '\n');
    return name;
  }

  // The remaining callbacks have no visible text.
  oncdata(): void {}
  oncomment(): void {}
  ondeclaration(): void {}
  onend(): void {}
  onopentagend(): void {}
  onprocessinginstruction(): void {}
}

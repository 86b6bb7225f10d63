import { Tokenizer, type TokenizerCallbacks } from 'htmlparser2';
import type { ObjectDescription } from '../salesforce/describe.ts';

/** Tags that part words. Others, unknown ones too, stand inside a line: `<b>un</b>believable` is one word. */
const PARTING = new Set(
  (
    'address area article aside audio blockquote body br button caption center col colgroup dd details dialog dir div dl ' +
    'dt embed fieldset figcaption figure footer form frame frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html iframe ' +
    'img input legend li listing main menu nav object ol optgroup option p plaintext pre progress rp rt section select ' +
    'summary svg table tbody td textarea tfoot th thead tr ul video xmp'
  ).split(' '),
);
/** Those of them after which the line goes on. */
const IN_LINE = new Set(
  'area audio button embed iframe img input object progress rp rt select svg td th video'.split(' '),
);
/** Tags whose content nobody sees. */
const HIDDEN = new Set('iframe noembed noframes noscript script style template title'.split(' '));

const FOREIGN = new Set(['svg', 'math']);

/** What Salesforce writes for an image that nobody described. */
const NO_DESCRIPTION = 'User-added image';

/** What HTML shows as a space. Other invisible characters are the text's own. */
const SPACES = /[\t\n\f\r \u00a0]+/g;
const VISIBLE = /[^\p{Cc}\p{Cf}\p{Z}]/u;

/** Which of these fields are HTML. Values of other fields are what they are, with every `<` and `&`. */
export function richTextFields(described: ObjectDescription | null, fields: readonly string[]): string[] {
  const rich = new Set((described?.fields ?? []).filter((field) => field.htmlFormatted).map(({ name }) => name));
  return fields.filter((field) => rich.has(field));
}

/**
 * The text that people see of a rich text: lines of words, without markup. In an image's place stands its description, which
 * is all the text that a formula's IMAGE() has. Damaged markup is read as browsers read it, in a time that grows with its length
 * alone: tags are seen one by one, and no tree is made of them.
 */
export function textOfHtml(html: string): string {
  const reader = new Reader(html);
  const tokenizer = new Tokenizer({}, reader);
  tokenizer.write(withoutCdata(html));
  tokenizer.end();
  return reader.text();
}

/** In HTML, CDATA is a broken comment, which ends at the next `>`; the tokenizer knows it by its capitals. */
function withoutCdata(html: string): string {
  return html.replaceAll('<![CDATA[', '<![cdata[');
}

class Reader implements TokenizerCallbacks {
  readonly #html: string;
  /** Lines are parted by `\n`. */
  readonly #parts: string[] = [];
  /** The tag whose content is not seen. */
  #hidden: string | null = null;
  /** How many tags of that name are open: only templates can stand in each other. */
  #depth = 0;
  /** How many of FOREIGN are open. */
  #foreign = 0;
  /** Of the tag that is being read. */
  #name = '';
  #isImage = false;
  /** Of an image: its description so far; null: another attribute is being read. */
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

  /** Only tags inside of FOREIGN ones, and those themselves, can close themselves. */
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

  /** The name of a tag, which parts words where it stands. */
  #part(start: number, end: number): string {
    const name = this.#html.slice(start, end).toLowerCase();
    if (PARTING.has(name)) this.#parts.push(IN_LINE.has(name) ? ' ' : '\n');
    return name;
  }

  // What the rest says is not seen.
  oncdata(): void {}
  oncomment(): void {}
  ondeclaration(): void {}
  onend(): void {}
  onopentagend(): void {}
  onprocessinginstruction(): void {}
}

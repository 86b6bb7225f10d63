import { type IndexedFields, OBJECTS, objectNamed } from '../../../objects/index.ts';
import { scopeOf } from '../../model/scope.ts';
import type { Border, BorderRecord } from '../../port/inspector.ts';
import type { EngineView, Scope } from '../../port/search-engine.ts';
import type { Searcher } from '../../search/users.ts';
import type { HeldPrincipals } from '../engine/members.ts';
import { type ScopeSql, scopeSqlOf } from '../engine/scope-sql.ts';
import type { Database } from '../file/database.ts';
import { codeOf, objectOf } from '../file/layout.ts';
import { integer, rowNumberIn, text } from '../file/stored.ts';
import { type DocumentRow, loadDocument } from '../store/documents.ts';
import type { Carriers } from './carriers.ts';

/** The number of principals to try per wanted record: most users have many principals that no document carries. */
const TRIES = 10;

/** The most documents that one query scans, so that a large index takes no longer than a small one. */
const MOST_WALKED = 20_000;

/** A draw of records at the borders of what one user can read. Used once, in a read transaction. */
export class Borders {
  readonly #db: Database;
  readonly #carriers: Carriers;
  readonly #searcher: Searcher;
  readonly #scope: Scope;
  readonly #visible: ScopeSql;
  readonly #hidden: string;
  readonly #held: ReadonlySet<number>;
  readonly #markers: ReadonlySet<number>;
  readonly #random: (below: number) => number;
  /** The codes of the indexed objects, for SQL. */
  readonly #objects: string;
  /** The number of documents of each object. */
  readonly #counts: readonly (readonly [obj: number, documents: number])[];
  readonly #drawn = new Map<string, { readonly border: Border; readonly row: DocumentRow }>();

  constructor(
    db: Database,
    carriers: Carriers,
    searcher: Searcher,
    held: HeldPrincipals,
    indexed: IndexedFields,
    random: (below: number) => number,
  ) {
    this.#db = db;
    this.#carriers = carriers;
    this.#searcher = searcher;
    this.#scope = scopeOf(searcher.userId, searcher.access, indexed, undefined).scope;
    // The condition is the same for either way to look for principals.
    this.#visible = scopeSqlOf(db, this.#scope, held, indexed, 0);
    // For documents with fewer principals than columns the condition is null, not false.
    this.#hidden = `(${this.#visible.condition}) is not true`;
    this.#held = new Set(held.numbers);
    this.#markers = new Set(db.values(rowNumberIn('pid'), "from principal where name like '@open:%'"));
    this.#random = random;
    this.#objects = OBJECTS.filter(({ name }) => indexed.fields[name].length > 0)
      .map(({ name }) => codeOf(name))
      .join(', ');
    this.#counts = db.all([integer('obj'), integer('count(*)')], 'from doc where live = 1 group by obj');
  }

  /**
   * @param view of the same state as the file
   * @param peers the principals of each user with similar access
   */
  async records(view: EngineView, each: number, peers: readonly (readonly number[])[]): Promise<BorderRecord[]> {
    const read = this.#read(each);
    this.#sameAccounts(read, each);
    this.#neighbours(read, peers, each);
    this.#unread('private opportunity', `d.obj = ${codeOf('Opportunity')} and d.is_private = 1`, each);
    this.#unread('contact without account', `d.obj = ${codeOf('Contact')} and d.account is null`, each);
    for (let n = 0; n < each * 2; n++) this.#add('random', this.#from('1', 1));
    const found = new Set((await view.records([...this.#drawn.keys()], this.#scope)).map(({ id }) => id));
    return [...this.#drawn.values()].map(({ border, row }) => {
      const finds = found.has(row.id);
      return { id: row.id, object: row.facts.object, border: finds ? this.#how(row) : border, finds };
    });
  }

  /** Draws records that the user reads by a principal: few records each of many principals. */
  #read(each: number): DocumentRow[] {
    const rows: DocumentRow[] = [];
    for (const principalNumber of this.#picked([...this.#held], each * TRIES)) {
      if (rows.length >= each * 3) break;
      rows.push(...this.#carrying(principalNumber, this.#visible.condition, 3));
    }
    const reads = OBJECTS.filter(({ name }) => this.#searcher.access.objects[name].reach === 'all');
    for (const { name } of reads) rows.push(...this.#from(`d.obj = ${codeOf(name)}`, Math.ceil(each / reads.length)));
    this.#add('one way', rows);
    return rows;
  }

  /**
   * Draws what the user cannot read of the same accounts as records that the user reads: the accounts, and their other
   * children.
   */
  #sameAccounts(read: readonly DocumentRow[], each: number): void {
    const accounts = new Set(
      read.flatMap(({ id, facts }) => (facts.object === 'Account' ? [id] : (facts.accountId ?? []))),
    );
    let left = each;
    for (const account of accounts) {
      if (left <= 0) return;
      const rows = [`d.account = ?1`, `d.id = ?1`].flatMap((where) => this.#notRead(where, account, 2));
      left -= rows.length;
      this.#add('same account', rows);
    }
  }

  /** Draws what is shared with others: with peers, and with users who share what this user reads. */
  #neighbours(read: readonly DocumentRow[], peers: readonly (readonly number[])[], each: number): void {
    const others = new Set(
      [...read.flatMap(({ principalNumbers }) => principalNumbers), ...peers.flat()].filter(
        (principalNumber) => !this.#held.has(principalNumber),
      ),
    );
    let left = each;
    for (const principalNumber of this.#picked([...others], each * TRIES)) {
      if (left <= 0) return;
      const rows = this.#carrying(principalNumber, this.#hidden, 2);
      left -= rows.length;
      this.#add("neighbour's", rows);
    }
  }

  #unread(border: Border, where: string, limit: number): void {
    this.#add(border, this.#from(`${where} and ${this.#hidden}`, limit));
  }

  #notRead(where: string, value: string, limit: number): DocumentRow[] {
    return this.#loaded(
      this.#db.values(
        text('d.id'),
        `from doc d where ${where} and ${this.#any()} and ${this.#hidden} limit ${limit}`,
        value,
        this.#visible.map,
      ),
    );
  }

  /** Draws documents that carry the principal, starting at a random place. */
  #carrying(principalNumber: number, condition: string, limit: number): DocumentRow[] {
    const { select, toValue } = this.#carriers;
    const rest = `from (${select}) c
      cross join doc d on d.rid = c.rid where ${this.#any()} and ${condition} limit ${limit}`;
    return this.#fromSomewhere(limit, (rowNumber) =>
      this.#db.values(text('d.id'), rest, toValue(principalNumber), this.#visible.map, rowNumber),
    );
  }

  /** Draws documents that satisfy the condition, starting at a random place. */
  #from(condition: string, limit: number): DocumentRow[] {
    const rest = `from (select did from doc where rid >= ?1 order by rid limit ${MOST_WALKED}) c
      cross join doc d on d.did = c.did where ?2 is not null and ${this.#any()} and ${condition} limit ${limit}`;
    return this.#fromSomewhere(limit, (rowNumber) => this.#db.values(text('d.id'), rest, rowNumber, this.#visible.map));
  }

  /** Queries from a random row, and again from the first if that gives too few. */
  #fromSomewhere(limit: number, ask: (rowNumber: number) => string[]): DocumentRow[] {
    const rows = ask(this.#someRow());
    const ids = new Set([...rows, ...(rows.length < limit ? ask(0) : [])]);
    return [...ids].slice(0, limit).flatMap((id) => loadDocument(this.#db, id) ?? []);
  }

  /**
   * Returns the row number of a random document. Row numbers follow the clock, so a random number would favour quiet
   * times.
   */
  #someRow(): number {
    const all = this.#counts.reduce((sum, [, documents]) => sum + documents, 0);
    let nth = this.#random(Math.max(1, all));
    for (const [obj, documents] of this.#counts) {
      if (nth < documents) return documents <= MOST_WALKED ? this.#nthRow(obj, nth) : this.#rowNear(obj);
      nth -= documents;
    }
    return 0;
  }

  #nthRow(obj: number, nth: number): number {
    const rest = `from doc where obj = ? and live = 1 order by rid limit 1 offset ${nth}`;
    return this.#db.value(rowNumberIn('rid'), rest, obj) ?? 0;
  }

  /** Returns a row at a random id, for an object with too many documents to count through them. */
  #rowNear(obj: number): number {
    const { keyPrefix } = objectNamed(objectOf(obj));
    const ends = ['', 'desc'].map((order) =>
      this.#db.value(
        text('id'),
        `from doc where id between ? and ? order by id ${order} limit 1`,
        keyPrefix,
        `${keyPrefix}~`,
      ),
    );
    const id = idBetween(ends[0] ?? '', ends[1] ?? '', this.#random);
    return this.#db.value(rowNumberIn('rid'), 'from doc where id >= ? order by id limit 1', id) ?? 0;
  }

  #any(): string {
    return `d.live = 1 and d.obj in (${this.#objects})`;
  }

  #loaded(ids: readonly string[]): DocumentRow[] {
    return ids.flatMap((id) => loadDocument(this.#db, id) ?? []);
  }

  /**
   * Adds each record once, under the border that found it first. A record that the user finds is listed under the way in
   * which they read it.
   */
  #add(border: Border, rows: readonly DocumentRow[]): void {
    for (const row of rows) if (!this.#drawn.has(row.id)) this.#drawn.set(row.id, { border, row });
  }

  #how({ facts, principalNumbers }: DocumentRow): Border {
    if (this.#searcher.access.objects[facts.object].reach === 'all') return 'View All';
    const held = principalNumbers.filter((principalNumber) => this.#held.has(principalNumber));
    if (held.some((principalNumber) => this.#markers.has(principalNumber))) return 'default';
    return held.length === 1 ? 'one way' : 'several ways';
  }

  /** Picks some of the values in random order. */
  #picked(values: readonly number[], count: number): number[] {
    const left = [...values];
    const picked: number[] = [];
    while (left.length > 0 && picked.length < count) {
      const at = this.#random(left.length);
      picked.push(...left.slice(at, at + 1));
      const last = left.pop();
      if (last !== undefined && at < left.length) left[at] = last;
    }
    return picked;
  }
}

/** Salesforce's id digits, in SQLite's order of comparison. */
const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
/** The most id digits that fit exactly into one JavaScript number. */
const EXACT = 8;

/** Returns a random id of 15 characters from `lowest` to `highest`. Each is about equally likely. */
function idBetween(lowest: string, highest: string, random: (below: number) => number): string {
  const differs = [...lowest].findIndex((letter, at) => letter !== highest[at]);
  if (differs === -1) return lowest;
  const [low, high] = [lowest, highest].map((id) =>
    [...id.slice(differs, differs + EXACT)].reduce((sum, letter) => sum * DIGITS.length + DIGITS.indexOf(letter), 0),
  ) as [number, number];
  let left = low + Math.floor((random(2 ** 31) / 2 ** 31) * (high - low));
  let digits = '';
  for (let n = 0; n < Math.min(EXACT, lowest.length - differs); n++) {
    digits = DIGITS.charAt(left % DIGITS.length) + digits;
    left = Math.floor(left / DIGITS.length);
  }
  return lowest.slice(0, differs) + digits;
}

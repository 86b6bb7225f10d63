import { foldClusters, isPlain, settle } from './fold-rules.ts';

/**
 * Characters that merge into the letter before them, or vanish after it, when a text is folded: marks, invisible
 * characters, the later letters of a Hangul syllable, half-width voice marks, the second half of the Thai and Lao `am`.
 */
const CONTINUING = /[\p{M}\p{Cf}\p{DI}\u0640\u1160-\u11ff\u3131-\u318e\ud7b0-\ud7ff\uff9e-\uffdc\u{16d67}\u{16d68}]/uy;
const AM_ENDING =
  /(?=\u0e32)(?<=\u0e4d[\p{M}\p{Cf}\p{DI}\u0640]*)\u0e32|(?=\u0eb2)(?<=\u0ecd[\p{M}\p{Cf}\p{DI}\u0640]*)\u0eb2/uy;

/** Reports whether the character at this place belongs to the letter before it. */
export function isContinuing(text: string, at: number): boolean {
  CONTINUING.lastIndex = at;
  AM_ENDING.lastIndex = at;
  return CONTINUING.test(text) || AM_ENDING.test(text);
}

/**
 * Splits a text into its letters, each with what belongs to it. Folded one by one, they give the same as the whole
 * text.
 */
export function clustersOf(text: string): string[] {
  const clusters: string[] = [];
  for (let at = 0; at < text.length; ) {
    const end = clusterEnd(text, at);
    clusters.push(text.slice(at, end));
    at = end;
  }
  return clusters;
}

function clusterEnd(text: string, start: number): number {
  let at = start + ((text.codePointAt(start) ?? 0) > 0xffff ? 2 : 1);
  while (at < text.length && isContinuing(text, at)) at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
  return at;
}

/** Returns the text in the form in which it is matched: see `foldClusters`. */
export function fold(text: string): string {
  return isPlain(text) ? text.toLowerCase() : foldSettled(settle(text));
}

/** Folds a text that is already settled. */
export function foldSettled(text: string): string {
  return foldInPlace(text) ?? (isComposed(text) ? foldMixed(text) : foldClusters(text));
}

/**
 * Returns the folded text if each character folds to one character at the same place, as nearly all do in nearly every
 * text; otherwise null. Much faster than applying the rules one after another.
 */
export function foldInPlace(text: string): string | null {
  if (isPlain(text)) return text.toLowerCase();
  if (!isComposed(text)) return null;
  const units = new Uint16Array(text.length);
  for (let at = 0; at < units.length; at++) {
    const unit = aloneOf(text.charCodeAt(at));
    if (unit === NOT_ALONE) return null;
    units[at] = unit;
  }
  return textOf(units, units.length);
}

/**
 * Reports whether remaining marks are in order, and none merges into the letter before it, except those of
 * MELTING_MARK.
 */
function isComposed(text: string): boolean {
  return text.normalize('NFC') === text;
}

/** Folds single characters in place, and other characters by their cluster. */
function foldMixed(text: string): string {
  let units = new Uint16Array(text.length + 64);
  let length = 0;
  let done = 0;
  for (let at = 0; at < text.length; ) {
    const unit = aloneOf(text.charCodeAt(at));
    if (unit !== NOT_ALONE) {
      units[length++] = unit;
      at++;
      continue;
    }
    let start = at;
    while (start > done && isContinuing(text, start)) start--;
    done = clusterEnd(text, start);
    const folded = foldCluster(text.slice(start, done));
    length -= at - start;
    // Leaves at least the room that the rest needs in place.
    if (length + folded.length + text.length - done > units.length) units = grown(units, folded.length);
    for (let n = 0; n < folded.length; n++) units[length++] = folded.charCodeAt(n);
    at = done;
  }
  return textOf(units, length);
}

function grown(units: Uint16Array<ArrayBuffer>, more: number): Uint16Array<ArrayBuffer> {
  const next = new Uint16Array(2 * (units.length + more));
  next.set(units);
  return next;
}

function textOf(units: Uint16Array<ArrayBuffer>, length: number): string {
  return Buffer.from(units.buffer, 0, 2 * length).toString('utf16le');
}

/** A cache: texts have few different clusters. */
const clusters = new Map<string, string>();
const MOST_CLUSTERS = 4_096;
const LONGEST_CLUSTER = 16;

function foldCluster(cluster: string): string {
  if (cluster.length > LONGEST_CLUSTER) return foldClusters(cluster);
  let folded = clusters.get(cluster);
  if (folded === undefined) {
    folded = foldClusters(cluster);
    if (clusters.size >= MOST_CLUSTERS) clusters.clear();
    clusters.set(cluster, folded);
  }
  return folded;
}

/** By code unit: what it folds to in any context. 0: not looked up yet. */
const alone = new Uint16Array(0x10000);
/** It does not fold to one unit, or depends on its neighbours. */
const NOT_ALONE = 0xffff;
/** They merge into half-width letters, and into letters that NFC keeps separate. */
const MELTING_MARK = /[\u3099\u309a\u0e4d\u0ecd]/;

function aloneOf(code: number): number {
  let unit = alone[code] ?? 0;
  if (unit === 0) {
    unit = askAlone(String.fromCharCode(code));
    alone[code] = unit;
  }
  return unit;
}

function askAlone(character: string): number {
  const folded = foldClusters(character);
  if (folded.length !== 1 || /[\p{Cs}\u200b]/u.test(character)) return NOT_ALONE;
  const isMelting = isContinuing(character, 0) && !(/\p{M}/u.test(character) && folded === character);
  return isMelting || MELTING_MARK.test(character) ? NOT_ALONE : folded.charCodeAt(0);
}

/** The order of documents with equal scores: the last modified first. */

/** Numbers per second. */
const PER_SECOND = 2 ** 20;
/** Higher numbers would not be exact in JavaScript. */
const LAST_SECOND = 2 ** 33 - 2;
/** The most seconds by which a displaced number may have moved. That many seconds would have to be full. */
const MOVED_ON = 16;

/**
 * Returns a document's place in the order; higher comes first. It is the second of `modified`, then a hash of the
 * record id, so it depends only on what every reader of the document sees. If another document has the number, which
 * happens to one in a million documents of one second, the engine gives the next number that is free.
 *
 * @param modified milliseconds since 1970
 */
export function orderOf(modified: number, id: string): number {
  return secondOf(modified) * PER_SECOND + (hashOf(id) % PER_SECOND);
}

/** Returns a range with the numbers of all documents modified between the two times, in milliseconds, and few others. */
export function ordersModified(
  from: number | null,
  before: number | null,
): { readonly from: number; readonly below: number } {
  return {
    from: from === null ? Number.MIN_SAFE_INTEGER : secondOf(from) * PER_SECOND,
    below:
      before === null
        ? Number.MAX_SAFE_INTEGER
        : Math.min((secondOf(before) + MOVED_ON) * PER_SECOND, Number.MAX_SAFE_INTEGER),
  };
}

/** Reports whether both times are in the same second. A document then keeps its number. */
export function isSameSecond(modified: number, other: number): boolean {
  return secondOf(modified) === secondOf(other);
}

function secondOf(modified: number): number {
  return Math.min(Math.max(Math.floor(modified / 1_000), 0), LAST_SECOND);
}

/** Returns the 32-bit FNV-1a hash: the same on every machine. */
function hashOf(id: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < id.length; at++) hash = Math.imul(hash ^ id.charCodeAt(at), 0x01000193);
  return (hash ^ (hash >>> 20)) >>> 0;
}

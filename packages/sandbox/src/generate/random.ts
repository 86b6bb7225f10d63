/**
 * Pseudo-random numbers that are the same for the same seeds on every machine. Uses 32-bit integers only, because
 * floating-point functions may differ in the last digit.
 */
export class Random {
  #state: number;

  /** Streams with different seeds are independent: draws from one never change another. */
  constructor(...seeds: readonly (string | number)[]) {
    this.#state = hash(seeds.join(' '));
  }

  /** Returns a whole number from 0 to `below` - 1. */
  int(below: number): number {
    // The Mulberry32 generator.
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  }

  /** Returns a whole number from `lowest` to `highest`, both included. */
  between(lowest: number, highest: number): number {
    return lowest + this.int(highest - lowest + 1);
  }

  chance(percent: number): boolean {
    return this.int(1000) < percent * 10;
  }

  pick<T>(list: readonly T[]): T {
    const found = list[this.int(list.length)];
    if (found === undefined) throw new Error('there is nothing to pick from');
    return found;
  }

  /** Picks up to `count` items of the list, each at most once, in the list's order. */
  some<T>(list: readonly T[], count: number): T[] {
    const places = new Set<number>();
    while (places.size < Math.min(count, list.length)) places.add(this.int(list.length));
    return list.filter((_, at) => places.has(at));
  }
}

/** Hashes with FNV-1a and a final mix, so that similar seeds start far apart. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193);
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return value ^ (value >>> 16);
}

/** Numbers that look random and are the same for the same seeds, on every machine: 32-bit integer arithmetic only. */
export class Random {
  #state: number;

  /** Streams of different seeds are independent: what one draws never moves another. */
  constructor(...seeds: readonly (string | number)[]) {
    this.#state = hash(seeds.join(' '));
  }

  /** A whole number from 0 to `below` - 1. */
  int(below: number): number {
    // Mulberry32.
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  }

  /** A whole number, both ends included. */
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
}

/** FNV-1a with a final mix, so that neighbouring seeds begin far apart. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193);
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return value ^ (value >>> 16);
}

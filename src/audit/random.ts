/** A whole number from 0 to below its argument. */
export type Random = (below: number) => number;

/** Numbers that look random and are the same for the same seed, on every machine (mulberry32). */
export function seeded(seed: number): Random {
  let state = seed | 0;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

export function shuffled<T>(list: readonly T[], random: Random): T[] {
  const keyed = list.map((value) => ({ value, key: random(2 ** 31) }));
  return keyed.sort((one, other) => one.key - other.key).map(({ value }) => value);
}

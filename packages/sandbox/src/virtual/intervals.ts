/** Row numbers as intervals, in order and without overlap. The second number of a pair is exclusive. */
export type Numbers = readonly (readonly [from: number, to: number])[];

export const NONE: Numbers = [];

/** Returns one interval, or none if it is empty. */
export function range(from: number, to: number): Numbers {
  return from < to ? [[from, to]] : NONE;
}

export function sizeOf(numbers: Numbers): number {
  return numbers.reduce((sum, [from, to]) => sum + to - from, 0);
}

export function both(one: Numbers, other: Numbers): Numbers {
  const shared: [number, number][] = [];
  for (let i = 0, j = 0; i < one.length && j < other.length; ) {
    const [a, b] = [one[i] ?? [0, 0], other[j] ?? [0, 0]];
    const [from, to] = [Math.max(a[0], b[0]), Math.min(a[1], b[1])];
    if (from < to) shared.push([from, to]);
    if (a[1] < b[1]) i += 1;
    else j += 1;
  }
  return shared;
}

export function either(all: readonly Numbers[]): Numbers {
  const united: [number, number][] = [];
  for (const [from, to] of all.flat().toSorted(([one], [other]) => one - other)) {
    const last = united.at(-1);
    if (last === undefined || last[1] < from) united.push([from, to]);
    else last[1] = Math.max(last[1], to);
  }
  return united;
}

/** Returns the numbers below `size` that are not in `numbers`. */
export function others(numbers: Numbers, size: number): Numbers {
  const ends = [0, ...numbers.flat(), size];
  const left: [number, number][] = [];
  for (let at = 0; at < ends.length; at += 2) {
    const [from, to] = [ends[at] ?? 0, ends[at + 1] ?? 0];
    if (from < to) left.push([from, to]);
  }
  return left;
}

/** Returns up to `count` numbers, starting with the one at index `at`. */
export function slice(numbers: Numbers, at: number, count: number): number[] {
  const taken: number[] = [];
  let before = 0;
  for (const [from, to] of numbers) {
    const first = from + Math.max(0, at - before);
    for (let n = first; n < to && taken.length < count; n += 1) taken.push(n);
    before += to - from;
    if (taken.length === count) break;
  }
  return taken;
}

/**
 * Returns the first number below `size` for which `holds` is true, or `size` if there is none. It must be true for all
 * numbers after that one.
 */
export function firstWhere(size: number, holds: (n: number) => boolean): number {
  let [from, to] = [0, size];
  while (from < to) {
    const middle = Math.floor((from + to) / 2);
    if (holds(middle)) to = middle;
    else from = middle + 1;
  }
  return from;
}

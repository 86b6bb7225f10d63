/** Times for people. */

const UNITS = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
] as const;

/** `8 hours`, `1.5 minutes`, `minute`: what follows `every`. */
export function every(seconds: number): string {
  const text = duration(seconds);
  return text.startsWith('1 ') ? text.slice(2) : text;
}

/** `8 hours`, `1.5 minutes`, `1 minute`. */
export function duration(seconds: number): string {
  const [name, size] = UNITS.find(([, size]) => seconds >= size && (seconds % size === 0 || seconds >= 2 * size)) ?? [
    'second',
    1,
  ];
  const exact = seconds / size;
  // Tenths matter only below ten.
  const count = exact < 10 && name !== 'second' ? Math.round(exact * 10) / 10 : Math.round(exact);
  return `${count} ${name}${count === 1 ? '' : 's'}`;
}

/** `2026-11-24 03:10 UTC`. */
export function timeOf(at: Date): string {
  return `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** The distance to a time: `3 minutes ago`, `in 2 hours`. */
export function fromNow(at: Date, now: Date): string {
  const seconds = Math.round((at.getTime() - now.getTime()) / 1000);
  return seconds > 0 ? `in ${duration(seconds)}` : `${duration(-seconds)} ago`;
}

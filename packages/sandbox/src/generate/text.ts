import type { Random } from './random.ts';

/** Fills a pattern: each 9 becomes a digit, each letter A to D and H a capital letter. */
export function filled(random: Random, form: string): string {
  return form.replaceAll(/[9ABCDH]/g, (place) =>
    place === '9' ? String(random.int(10)) : String.fromCharCode(65 + random.int(26)),
  );
}

/** Fills a telephone number's pattern: only its nines become digits. */
export function phoneNumber(random: Random, form: string): string {
  return form.replaceAll('9', () => String(random.int(10)));
}

/** Picks sentences from the list, in its order. */
export function sentences(random: Random, list: readonly string[], count: number): string {
  return random.some(list, count).join(' ');
}

export function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Returns a name as it appears in an email address. */
export function emailName(...names: readonly string[]): string {
  return names
    .join('.')
    .toLowerCase()
    .replaceAll(/[^a-z0-9.]+/g, '');
}

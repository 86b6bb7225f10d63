/** The white space that a keyboard or a shell puts around a name. Other kinds belong to the name. */
const AROUND = ' \t\r\n';

/** The name of a user as it was meant: without the blanks around it. */
export function trimName(name: string): string {
  // No pattern: one for the end of a text takes quadratic time where a long run of blanks stands inside.
  let start = 0;
  let end = name.length;
  while (start < end && AROUND.includes(name.charAt(start))) start += 1;
  while (end > start && AROUND.includes(name.charAt(end - 1))) end -= 1;
  return name.slice(start, end);
}

/**
 * A username or e-mail address in the form in which two of them are compared: A to Z become small, nothing else changes.
 * `toLowerCase` would also turn look-alikes into ASCII letters: the Kelvin sign (U+212A) would find somebody's "k".
 */
export function foldName(name: string): string {
  return name.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

/** What a user is named by. */
export const USER_NAME_KINDS = ['id', 'username', 'federationId', 'email'] as const;

export type UserNameKind = (typeof USER_NAME_KINDS)[number];

/** The white space that a keyboard or a shell adds around a name. Other kinds belong to the name. */
const AROUND = ' \t\r\n';

/** Returns the user's name without the blanks around it. */
export function trimName(name: string): string {
  // Not a regular expression: one for the end of a text takes quadratic time if it has a long run of blanks inside.
  let start = 0;
  let end = name.length;
  while (start < end && AROUND.includes(name.charAt(start))) start += 1;
  while (end > start && AROUND.includes(name.charAt(end - 1))) end -= 1;
  return name.slice(start, end);
}

/**
 * Returns a username or e-mail address in the form for comparisons: A to Z become lower case, nothing else changes.
 * `toLowerCase` would also turn look-alikes into ASCII letters: the Kelvin sign (U+212A) would find somebody's "k".
 */
export function foldName(name: string): string {
  return name.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

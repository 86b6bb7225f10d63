/** Splits a text into its words. */
export function words(text: string): string[] {
  return text.split(/\s+/).filter(Boolean);
}

/** Splits a text into its phrases, which are separated by bars. Line breaks count as spaces. */
export function phrases(text: string): string[] {
  return text.split('|').map((phrase) => phrase.replaceAll(/\s+/g, ' ').trim());
}

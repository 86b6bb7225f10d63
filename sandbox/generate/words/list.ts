/** The words of a text. */
export function words(text: string): string[] {
  return text.split(/\s+/).filter(Boolean);
}

/** The phrases of a text, which bars separate; where its lines break says nothing. */
export function phrases(text: string): string[] {
  return text.split('|').map((phrase) => phrase.replaceAll(/\s+/g, ' ').trim());
}

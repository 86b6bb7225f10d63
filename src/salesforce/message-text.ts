const LONGEST = 300;

/**
 * An error's text without anything that may come from a record or from a query's values: the caret block (a piece of
 * the query) goes, quoted text stays only where it is a name, addresses and long numbers go.
 */
export function textWithoutContent(message: string): string {
  const afterCaret = message.replace(/^[\s\S]*ERROR at Row:\d+:Column:\d+\s*/, '');
  return afterCaret
    .replace(/(['"])((?:(?!\1)[^\\]|\\.)*)\1/g, (quoted, mark: string, inner: string) =>
      /^[A-Za-z_][\w.]{0,79}$/.test(inner) ? quoted : `${mark}…${mark}`,
    )
    .replace(/[^\s@'"<>]+@[^\s@'"<>]+\.[^\s@'"<>]+/g, '…')
    .replace(/\d{7,}(?!\w)/g, '…')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, LONGEST);
}

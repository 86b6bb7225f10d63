/** Finds names in a source text. */
export type Finder = (text: string) => string[];

export const all =
  (pattern: RegExp): Finder =>
  (text) =>
    [...text.matchAll(pattern)].map(([, name = '']) => name);

export const errorClasses = all(/^export class (\w+Error) extends/gm);

/** Types that failures get explicitly. The message is a text, or the result of a function. */
export const failureTypes: Finder = (text) => [
  ...all(/ApplicationFailure\.create\(\{[^}]*?\btype: '(\w+)'/g)(text),
  ...all(/ApplicationFailure\.(?:nonR|r)etryable\(\s*(?:`(?:[^`\\]|\\.)*`|'[^']*'|"[^"]*"|\w+\([^()]*\)),\s*'(\w+)'/g)(
    text,
  ),
];

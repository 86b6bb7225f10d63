/** Returns in one clause, without a full stop, what `parseArgs` found wrong with a command line. */
export function wrongArgument(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  // What parseArgs adds is about the shell and has several lines.
  const option = /^Option '(?:-\w, )?(--[\w-]+)[^']*' argument (?:missing|is ambiguous)/.exec(text)?.[1];
  if (option !== undefined) return `${option} needs a value`;
  return text.split(/\.(?:\s|$)|\n/)[0] ?? text;
}

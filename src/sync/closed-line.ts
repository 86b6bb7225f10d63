import type { Closed } from '../access/types.ts';

/** One closed thing as one line for an operator. */
export function closedLine({ what, why, count }: Closed): string {
  return `${what}${count > 1 ? ` (${count})` : ''} closed: ${why}`;
}

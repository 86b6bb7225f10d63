import type { RecordExplanation } from '../index/port/inspector.ts';
import { printable } from '../lib/printable.ts';

/** The most obstacles in the text; a record can be shared with hundreds. */
const MOST_LINES = 30;

/** Formats the explanation for a person: the answer, its reasons, and what else to know. */
export function explanationText(told: RecordExplanation): string {
  const { user, record, finds, reads, ways, hiddenFields, usersAsOf } = told;
  const what = titled(told);
  const who = `${user.name} (${user.username})`;
  const lines = [
    `${who} ${finds ? 'finds' : 'does not find'} ${what}${finds ? ':' : '. What was checked:'}`,
    ...reasonLines(told),
  ];
  if (finds !== reads)
    lines.push(
      `  ! According to the users, roles and shares in the index, it should be ${reads ? 'found' : 'hidden'}. A run in progress corrects this. If it persists, run \`salesforce-connector backfill\`.`,
    );
  if (reads && ways > 1) lines.push(`  ${ways - 1} more ${ways === 2 ? 'way gives' : 'ways give'} access.`);
  if (reads && hiddenFields.length > 0) lines.push(`  Hidden fields: ${hiddenFields.join(', ')}.`);
  const indexed = record.indexedAsOf === null ? '' : `record as of ${record.indexedAsOf}, `;
  lines.push(`  (${indexed}users, roles and permissions as of ${usersAsOf})`);
  return lines.map((line) => `${printable(line)}\n`).join('');
}

/** Returns the record's object, title and id: `Case 00001026 (500…)`. */
export function titled({ record: { id, object, title } }: RecordExplanation): string {
  if (object === null) return id;
  return title === null ? `${object} ${id}` : `${object} ${title} (${id})`;
}

/** Lists the chain, numbered, or the obstacles. */
export function reasonLines({ reads, chain, missing }: RecordExplanation): string[] {
  if (reads) return chain.map(({ text }, at) => `  ${at + 1}. ${text}`);
  const shown = missing.slice(0, MOST_LINES).map(({ text }) => `  - ${text}`);
  return missing.length > MOST_LINES
    ? [...shown, `  - and ${missing.length - MOST_LINES} more (--json has all)`]
    : shown;
}

import type { AuditPlan, AuditReport, Difference } from '../audit/audit.ts';
import { printable } from '../lib/printable.ts';
import { reasonLines, titled } from './explanation-text.ts';
import { columns } from './search-table.ts';

/** The most differences in the text; --json has more. */
const MOST_DIFFERENCES = 20;

/** Describes what the audit will ask, and what it costs. */
export function planText({ users, pairs, apiCalls, seed }: AuditPlan): string {
  return `Asking Salesforce about ${pairs} records of ${users} users (seed ${seed}): ${calls(apiCalls)}.`;
}

/** Formats the report for a person: the table, each difference with its reasons, and what to do. */
export function auditText(report: AuditReport): string {
  const { objects, differences, leaks, losses, seed, apiCalls } = report;
  const numbers = ['asked', 'agree', 'leaks', 'losses', 'unanswered'] as const;
  const table = columns([
    ['', ...numbers],
    ...objects.map((object) => [object.object, ...numbers.map((name) => `${object[name]}`)]),
    ['all', ...numbers.map((name) => `${report[name]}`)],
  ]);
  const borders = report.borders.map(({ border, asked }) => `${border} ${asked}`).join(', ');
  const shown = differences.slice(0, MOST_DIFFERENCES).map(differenceText);
  const more = leaks + losses - shown.length;
  const lines = [
    `Sampled: ${borders || 'nothing'}. ${calls(apiCalls)}.`,
    ...shown,
    ...(more > 0
      ? [`There are ${more} more differences${differences.length > shown.length ? ' (--json shows up to 200)' : ''}.`]
      : []),
    verdict(report),
    ...(leaks + losses > 0
      ? [
          `Run \`salesforce-connector backfill --wait\`, then this audit with --seed ${seed}: a difference that remains is not a delay.`,
        ]
      : []),
  ];
  return `${table}${lines.map((line) => `${line}\n`).join('')}`;
}

function verdict({ asked, unanswered, leaks, losses }: AuditReport): string {
  if (asked === 0) return 'Nothing could be compared: there is no user who can search, or no record.';
  if (unanswered === asked)
    return 'Nothing could be compared: Salesforce gave no answer for any record. `salesforce-connector check` shows what the integration user cannot read.';
  const said = [
    leaks === 0 ? 'No leak' : `${leaks} ${leaks === 1 ? 'leak' : 'leaks'}`,
    losses === 0 ? 'no loss' : `${losses} ${losses === 1 ? 'loss' : 'losses'}`,
  ].join(', ');
  return unanswered === 0
    ? `${said}.`
    : `${said}; ${unanswered} unanswered: the integration user cannot read those records, or they are gone.`;
}

function differenceText({ kind, border, changed, explanation }: Difference): string {
  const { username } = explanation.user;
  const what = titled(explanation);
  const lines = [
    kind === 'leak'
      ? `✗ leak: ${username} finds ${what}, but Salesforce denies access (sampled as: ${border})`
      : `! loss: Salesforce lets ${username} read ${what}, but the search does not find it (sampled as: ${border})`,
    ...reasonLines(explanation),
  ];
  if (explanation.finds !== explanation.reads)
    lines.push(
      `  ! The users, roles and shares in the index give ${explanation.finds ? 'no access to it' : 'access to it'}.`,
    );
  if (changed !== null)
    lines.push(`  ! The record was changed at ${changed}, after the index read it: the next run picks that up.`);
  return lines.map(printable).join('\n');
}

function calls(count: number): string {
  return `${count} API ${count === 1 ? 'call' : 'calls'}`;
}

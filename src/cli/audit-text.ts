import type { AuditPlan, AuditReport, Difference } from '../audit/audit.ts';
import { printable } from '../printable.ts';
import { reasonLines, titled } from './explanation-text.ts';
import { columns } from './search-table.ts';

/** Differences that are written; --json has more. */
const MOST_DIFFERENCES = 20;

/** What will be asked, and what it costs. */
export function planText({ users, pairs, apiCalls, seed }: AuditPlan): string {
  return `Asking Salesforce about ${pairs} records of ${users} users (seed ${seed}): ${calls(apiCalls)}.`;
}

/** The report for a person: the table, each difference with its reasons, what to do. */
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
    `Drawn: ${borders || 'nothing'}. ${calls(apiCalls)}.`,
    ...shown,
    ...(more > 0
      ? [`And ${more} more differences${differences.length > shown.length ? ' (--json has up to 200)' : ''}.`]
      : []),
    verdict(report),
    ...(leaks + losses > 0
      ? [
          `Run \`salesforce-connector backfill --wait\`, then this audit with --seed ${seed}: what is left after it is not lateness.`,
        ]
      : []),
  ];
  return `${table}${lines.map((line) => `${line}\n`).join('')}`;
}

function verdict({ asked, unanswered, leaks, losses }: AuditReport): string {
  if (asked === 0) return 'Nothing could be compared: no user whom the search serves, or no record.';
  if (unanswered === asked)
    return 'Nothing could be compared: Salesforce answered for no record. `salesforce-connector check` says what the integration user cannot read.';
  const said = [
    leaks === 0 ? 'No leak' : `${leaks} ${leaks === 1 ? 'leak' : 'leaks'}`,
    losses === 0 ? 'no loss' : `${losses} ${losses === 1 ? 'loss' : 'losses'}`,
  ].join(', ');
  return unanswered === 0
    ? `${said}.`
    : `${said}; ${unanswered} unanswered, for the integration user cannot read those records, or they are gone.`;
}

function differenceText({ kind, border, changed, explanation }: Difference): string {
  const { username } = explanation.user;
  const what = titled(explanation);
  const lines = [
    kind === 'leak'
      ? `✗ leak: ${username} finds ${what}, and Salesforce denies it (drawn as: ${border})`
      : `! loss: Salesforce lets ${username} read ${what}, and the search does not find it (drawn as: ${border})`,
    ...reasonLines(explanation),
  ];
  if (explanation.finds !== explanation.reads)
    lines.push(
      `  ! Nothing that the index knows of users, roles and shares ${explanation.finds ? 'opens' : 'closes'} it.`,
    );
  if (changed !== null)
    lines.push(`  ! The record was changed at ${changed}, after it was read: the next run brings it.`);
  return lines.map(printable).join('\n');
}

function calls(count: number): string {
  return `${count} API ${count === 1 ? 'call' : 'calls'}`;
}

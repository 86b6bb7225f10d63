import type { Config } from '../config/load.ts';
import { printable } from '../lib/printable.ts';
import { gapText } from '../sentences/gaps.ts';
import { thousands } from '../sentences/numbers.ts';
import type { Finding, Status } from './finding.ts';
import type { Forecast, ObjectSize } from './forecast.ts';
import type { Report, StepReport } from './report.ts';
import { percent } from './schedule.ts';

const MARKS: Readonly<Record<Status, string>> = { ok: '✓', warning: '!', failed: '✗', unknown: '–', 'not-tested': '–' };

/** Steps whose good findings are shown too: who the user is, and each right. */
const LISTED: ReadonlySet<string> = new Set(['policies', 'permission-set']);

type Schedule = Pick<Config, 'cronSpec' | 'timezone' | 'completeBackfillFrequency'>;

/** The report for a person: a line for each step, and the remedy below each step that needs one. */
export function reportText(report: Report, schedule: Schedule | null): string {
  const { connection, baseUrl, org, engine, stopped, unseen, closed, sizes, forecast } = report;
  const numberOf = (id: string) => report.steps.find((step) => step.id === id)?.number;
  const parts: (readonly string[])[] = [
    [`Check of ${connection}${baseUrl === '' ? '' : `, ${baseUrl}`}`],
    report.steps.flatMap(stepLines),
    org.length === 0 ? [] : ['The org and the schedule', ...org.flatMap((finding) => findingLines(finding, ''))],
    engine.length === 0 ? [] : ['The search engine', ...engine.flatMap((finding) => findingLines(finding, ''))],
    sizes === null ? [] : sizeLines(sizes),
    forecast === null || schedule === null ? [] : forecastLines(forecast, schedule),
    closed === null || closed.length === 0
      ? []
      : ['What a run would hide from users today', ...closed.map(({ gap }) => `– ${gapText(gap)}`)],
    ['Not visible to this check', ...unseen.map(({ step, what }) => `– step ${numberOf(step)}: ${what}`)],
    stopped === null ? [] : [`Stopped: ${stopped}`],
    [verdict(report)],
  ];
  return `${parts
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.map(printable).join('\n'))
    .join('\n\n')}\n`;
}

function stepLines({ number, id, title, status, findings }: StepReport): string[] {
  const shown = findings.filter((finding) => finding.status !== 'ok' || LISTED.has(id));
  return [`${MARKS[status]} ${number}. ${title}`, ...shown.flatMap((finding) => findingLines(finding, '     '))];
}

function findingLines({ status, found, closes, remedy }: Finding, indent: string): string[] {
  return [
    `${indent}${MARKS[status]} ${found}`,
    ...(closes === null ? [] : [`${indent}  hides ${closes}`]),
    ...(remedy === null ? [] : [`${indent}  → ${remedy}`]),
  ];
}

function sizeLines(sizes: readonly ObjectSize[]): string[] {
  const about = (rows: number | null, isEstimate: boolean): string =>
    rows === null ? '–' : `${isEstimate ? '~' : ''}${thousands(rows)}`;
  const rows = sizes.map(({ object, records, shareObject, shareRows, estimated }) => [
    object,
    about(records, estimated.includes('records')),
    shareObject,
    about(shareRows, estimated.includes('shareRows')),
  ]);
  const width = (at: number) => Math.max(...rows.map((row) => (row[at] ?? '').length));
  const estimates = sizes.some(({ estimated }) => estimated.length > 0) ? "; ~: the org's estimate of all rows" : '';
  return [
    `Sizes, as the integration user sees them (–: not counted, or not needed${estimates})`,
    ...rows.map(([object = '', records = '', share = '', shares = '']) =>
      `  ${object.padEnd(width(0))}  ${records.padStart(width(1))}   ${share.padEnd(width(2))}  ${shares.padStart(width(3))}`.trimEnd(),
    ),
  ];
}

function forecastLines(forecast: Forecast, schedule: Schedule): string[] {
  const { firstBackfill, incrementalCalls, runsPerDay, callsPerDay, percentOfLimit, fittingFrequency } = forecast;
  const { cronSpec, timezone, completeBackfillFrequency: frequency } = schedule;
  const share = percentOfLimit === null ? '' : `, ${percent(percentOfLimit)} of the org's limit`;
  return [
    `Forecast for ${cronSpec} (${timezone}), a complete backfill every ${frequency === 1 ? 'run' : `${frequency} runs`}`,
    `  a complete backfill, including the first: about ${thousands(firstBackfill.calls)} API calls, ${duration(firstBackfill.seconds)}`,
    `  an incremental run: ${thousands(incrementalCalls)} API calls, plus those for changes`,
    `  a day: ${runsPerDay < 10 ? Math.round(runsPerDay * 10) / 10 : thousands(runsPerDay)} runs, about ${thousands(callsPerDay)} API calls${share}`,
    ...(fittingFrequency === null
      ? []
      : [
          `  complete_backfill_frequency of ${fittingFrequency} or more stays within half the limit and lets each backfill finish in time`,
        ]),
  ];
}

function verdict({ status, apiCalls }: Report): string {
  const words = {
    ok: 'All good',
    warning: 'It will run, but look at what is marked !',
    failed: 'Fix what is marked ✗',
  };
  return `${words[status]}. This check made ${apiCalls} API calls.`;
}

function duration(seconds: number): string {
  if (seconds < 60) return 'less than a minute';
  if (seconds < 2 * 3600) return `about ${Math.round(seconds / 60)} minutes`;
  return `about ${Math.round(seconds / 3600)} hours`;
}

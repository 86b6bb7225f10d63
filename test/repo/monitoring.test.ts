import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PROBLEM_CODES } from '../../src/facts/problems.ts';
import { packageRoot } from '../../src/process/package-root.ts';
import { sources } from './imports.ts';

/** docs/operate.md lists every metric, event and alert. These helpers find them in the code. */

const doc = readFileSync(join(packageRoot(), 'docs', 'operate.md'), 'utf8');
const alerts = readFileSync(join(packageRoot(), 'docs', 'alerts.yml'), 'utf8');
const code = [...sources('src').values()].join('\n');

const names = (text: string, pattern: RegExp) => [
  ...new Set([...text.matchAll(pattern)].map((match) => match.slice(1).find(Boolean) ?? '')),
];
const metrics = (text: string) => names(text, /(?:counter|gauge)\('(\w+)'|'salesforce_connector_(\w+)'/g);
const events = (text: string) => names(text, /\blog(?:\.(?:error|warn|info|debug)|\[\w+(?:\[\w+\])?\])\(\s*'(\w+)'/g);

describe.each([
  ['metric', metrics(code), 20],
  ['event of the log', events(code), 12],
  ['alert', names(alerts, /- alert: (\w+)/g), 9],
])('every %s', (_, found, atLeast) => {
  it('is in docs/operate.md', () => {
    expect(found.length).toBeGreaterThanOrEqual(atLeast);
    expect(found.filter((name) => !new RegExp(`\`${name}(?:_total|_seconds)?\``).test(doc))).toEqual([]);
  });
});

it('control: new ones are found in the code', () => {
  expect(metrics("gauge('new_one', 'x'); counter('other', 'y')")).toEqual(['new_one', 'other']);
  expect(events("log.info('new_event', 'x'); log[level](\n  'other', 'y')")).toEqual(['new_event', 'other']);
});

it('every code of a problem is in the help of `status`, or in docs/operate.md', () => {
  const help = readFileSync(join(packageRoot(), 'docs', 'cli.md'), 'utf8');
  expect(PROBLEM_CODES.filter((name) => !help.includes(name) && !doc.includes(`\`${name}\``))).toEqual([]);
});

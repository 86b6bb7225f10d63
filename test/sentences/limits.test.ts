import { expect, it } from 'vitest';
import type { LimitFacts } from '../../src/facts/limits.ts';
import { limitText } from '../../src/sentences/limits.ts';

const usage = { used: 81_204, limit: 100_000 };

const rows: [LimitFacts, string][] = [
  [
    { code: 'api_budget', usage, budgetPercent: 80 },
    "the org's API limit: 81,204 of 100,000 used in 24 hours, budget 80 %",
  ],
  [
    { code: 'api_limit', message: 'TotalRequests Limit exceeded', usage },
    "the org's API limit: TotalRequests Limit exceeded, 81,204 of 100,000 used in 24 hours",
  ],
  [
    { code: 'api_limit', message: 'TotalRequests Limit exceeded', usage: null },
    "the org's API limit: TotalRequests Limit exceeded",
  ],
  [{ code: 'login_limit', message: 'login rate exceeded' }, "the org's login limit: login rate exceeded"],
];

it.each(rows)('%j', (facts, text) => {
  expect(limitText(facts)).toBe(text);
});

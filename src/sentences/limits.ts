import type { ApiUsage, LimitFacts } from '../facts/limits.ts';
import { thousands } from './numbers.ts';

/**
 * Describes the limit that a run waits for, as a clause: `the org's API limit: 81,204 of 100,000 used in 24 hours,
 * budget 80 %`.
 */
export function limitText(facts: LimitFacts): string {
  switch (facts.code) {
    case 'api_budget':
      return `the org's API limit: ${usageText(facts.usage)}, budget ${facts.budgetPercent} %`;
    case 'api_limit':
      return `the org's API limit: ${facts.message}${facts.usage === null ? '' : `, ${usageText(facts.usage)}`}`;
    case 'login_limit':
      return `the org's login limit: ${facts.message}`;
  }
}

function usageText({ used, limit }: ApiUsage): string {
  return `${thousands(used)} of ${thousands(limit)} used in 24 hours`;
}

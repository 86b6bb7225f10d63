import type { Config } from '../config.ts';
import type { ApiUsage } from '../salesforce/usage.ts';
import { type Finding, good } from './finding.ts';
import type { Forecast } from './forecast.ts';

type Schedule = Pick<Config, 'cronSpec' | 'completeBackfillFrequency' | 'apiBudgetPercent'>;

/** Whether the org's daily limit pays for the schedule. More than all of it fails; more than half is a warning. */
export function scheduleFinding(forecast: Forecast, schedule: Schedule, usage: ApiUsage | null): Finding {
  const { callsPerDay, percentOfLimit, fittingFrequency } = forecast;
  const used =
    usage === null
      ? ''
      : `; the org used ${count(usage.used)} of ${count(usage.limit)} in the last 24 hours, and runs wait at ${schedule.apiBudgetPercent} % (api_budget_percent)`;
  if (percentOfLimit === null)
    return {
      test: 'schedule',
      step: null,
      status: 'unknown',
      found: `about ${count(callsPerDay)} API calls a day; the org does not say its limit`,
      closes: null,
      remedy: null,
    };
  const found = `about ${count(callsPerDay)} API calls a day, ${percent(percentOfLimit)} of the org's limit${used}`;
  const fits = fittingFrequency !== null && fittingFrequency <= schedule.completeBackfillFrequency;
  if (fits) return good('schedule', null, found);
  return {
    test: 'schedule',
    step: null,
    status: percentOfLimit > 100 ? 'failed' : 'warning',
    found: percentOfLimit > 50 ? found : `${found}, but complete backfills take too long for their frequency`,
    closes: null,
    remedy: remedy(forecast),
  };
}

function remedy({ fittingFrequency, affordableRuns, incrementalCalls }: Forecast): string {
  if (fittingFrequency !== null)
    return `Set complete_backfill_frequency to ${fittingFrequency} or more, or a wider cron-spec.`;
  return `Set a wider cron-spec: with ${incrementalCalls} API calls a run, half the limit pays for ${count(affordableRuns ?? 0)} runs a day, without complete backfills.`;
}

/** `12,345` */
export function count(number: number): string {
  return Math.round(number).toLocaleString('en-US');
}

/** `0.3 %`, `12 %` */
export function percent(number: number): string {
  return `${number < 1 ? Math.max(0.1, Math.round(number * 10) / 10) : Math.round(number)} %`;
}

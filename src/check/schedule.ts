import type { Config } from '../config/load.ts';
import type { ApiUsage } from '../facts/limits.ts';
import { thousands } from '../sentences/numbers.ts';
import { type Finding, good } from './finding.ts';
import type { Forecast } from './forecast.ts';

type Schedule = Pick<Config, 'cronSpec' | 'completeBackfillFrequency' | 'apiBudgetPercent'>;

/** Whether the schedule fits the org's daily limit. Above the limit it fails; above half of it is a warning. */
export function scheduleFinding(forecast: Forecast, schedule: Schedule, usage: ApiUsage | null): Finding {
  const { callsPerDay, percentOfLimit, fittingFrequency } = forecast;
  const used =
    usage === null
      ? ''
      : `; the org used ${thousands(usage.used)} of ${thousands(usage.limit)} in the last 24 hours, and runs wait at ${schedule.apiBudgetPercent} % (api_budget_percent)`;
  if (percentOfLimit === null)
    return {
      test: 'schedule',
      step: null,
      status: 'unknown',
      found: `about ${thousands(callsPerDay)} API calls a day; the org does not report its limit`,
      closes: null,
      remedy: null,
    };
  const found = `about ${thousands(callsPerDay)} API calls a day, ${percent(percentOfLimit)} of the org's limit${used}`;
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
    return `Set complete_backfill_frequency to ${fittingFrequency} or more, or make cron-spec less frequent.`;
  return `Make cron-spec less frequent: at ${incrementalCalls} API calls a run, half the limit covers ${thousands(affordableRuns ?? 0)} runs a day, not counting complete backfills.`;
}

/** `0.3 %`, `12 %` */
export function percent(number: number): string {
  return `${number < 1 ? Math.max(0.1, Math.round(number * 10) / 10) : Math.round(number)} %`;
}

import { Cron } from 'croner';

/** `*\/10 * * * *`: Temporal reads five fields as minute, hour, day, month, weekday. */
const FIELDS = 5;
const FORM = 'five fields (minute hour day-of-month month day-of-week), like "*/10 * * * *"';

/**
 * What is wrong with a `cron-spec`, as a clause that repeats nothing of it; null: nothing.
 *
 * It is stricter than both readers. Temporal accepts six fields, `@every` and `CRON_TZ=`, but they mean something else
 * than in cron. The parser used here accepts L, W, # and ?, and Temporal does not.
 */
export function cronProblem(spec: string): string | null {
  const text = spec.trim();
  if (text.startsWith('@')) return `is a nickname or an interval; write ${FORM}`;
  if (/^(CRON_TZ|TZ)=/i.test(text))
    return 'names a time zone; write the zone under `timezone` and here only the five fields';
  const fields = text.split(/\s+/);
  if (text === '' || fields.length !== FIELDS) {
    const why =
      fields.length === 6 ? ' (Temporal would read the sixth as the year: "0 */10 * * * *" means every 10 hours)' : '';
    return `has ${text === '' ? 0 : fields.length} fields${why}; write ${FORM}`;
  }
  const odd = /[^0-9A-Za-z*,/-]/.exec(text.replaceAll(/\s/g, '')) ?? /(?:^|[\s,0-9])[LW](?=$|[\s,])/i.exec(text);
  if (odd) return `uses syntax that Temporal does not know, such as L, W, # or ?; write ${FORM}`;
  try {
    return new Cron(text, options('UTC')).nextRun() === null ? 'never matches: no such day exists' : null;
  } catch {
    return `is not valid (check its ${wrongFields(fields).join(' and ')}); write ${FORM}`;
  }
}

const FIELD_NAMES = ['minute', 'hour', 'day of month', 'month', 'day of week'] as const;

/** The names of the fields that are wrong. The parser's own message would repeat their values. */
function wrongFields(fields: readonly string[]): string[] {
  return FIELD_NAMES.filter((_, wrong) => {
    const alone = fields.map((field, at) => (at === wrong ? field : '*')).join(' ');
    try {
      new Cron(alone, options('UTC'));
      return false;
    } catch {
      return true;
    }
  });
}

/**
 * The shortest time between two runs of a valid `cron-spec`, in seconds. It is measured from a fixed day, so that a
 * spec gives the same number every day.
 */
export function tickSeconds(spec: string, timezone: string): number {
  const times = new Cron(spec, options(timezone)).nextRuns(64, '2026-01-01T00:00:00Z').map((time) => time.getTime());
  const gaps = times.slice(1).map((time, i) => time - (times[i] ?? 0));
  return Math.min(...gaps) / 1000;
}

/**
 * Runs a day of a valid `cron-spec`: the average of a week, or of a year if there is less than one a day. It is
 * measured from a fixed day, so that a spec gives the same number every day.
 */
export function runsPerDay(spec: string, timezone: string): number {
  const cron = new Cron(spec, options(timezone));
  const within = (days: number): number => {
    const start = new Date('2026-01-01T00:00:00Z');
    const end = start.getTime() + days * DAY_MS;
    let count = 0;
    for (let at = cron.nextRun(start); at !== null && at.getTime() <= end; at = cron.nextRun(at)) count += 1;
    return count / days;
  };
  const daily = within(7);
  return daily >= 1 ? daily : within(365);
}

const DAY_MS = 86_400_000;

/** Whether the IANA database has the zone. It has no offsets like `+02:00`, and Temporal refuses them. */
export function isTimezone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

// In Temporal day-of-month *and* day-of-week must match, in cron one of them.
function options(timezone: string) {
  return { timezone, mode: '5-part', paused: true, domAndDow: true } as const;
}

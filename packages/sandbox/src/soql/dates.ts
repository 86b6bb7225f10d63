const DAY = 86_400_000;

type Unit = 'day' | 'week' | 'month' | 'quarter' | 'year';

/** A period of whole days in UTC, in milliseconds since 1970. `end` is exclusive. */
export interface Period {
  readonly start: number;
  readonly end: number;
}

/** A period relative to today: it begins `from` units ahead and is `length` units long. */
interface Window {
  readonly unit: Unit;
  readonly from: number;
  readonly length: number;
}

const FIXED: Readonly<Record<string, Window>> = {
  TODAY: { unit: 'day', from: 0, length: 1 },
  YESTERDAY: { unit: 'day', from: -1, length: 1 },
  TOMORROW: { unit: 'day', from: 1, length: 1 },
  THIS_WEEK: { unit: 'week', from: 0, length: 1 },
  LAST_WEEK: { unit: 'week', from: -1, length: 1 },
  NEXT_WEEK: { unit: 'week', from: 1, length: 1 },
  THIS_MONTH: { unit: 'month', from: 0, length: 1 },
  LAST_MONTH: { unit: 'month', from: -1, length: 1 },
  NEXT_MONTH: { unit: 'month', from: 1, length: 1 },
  THIS_QUARTER: { unit: 'quarter', from: 0, length: 1 },
  LAST_QUARTER: { unit: 'quarter', from: -1, length: 1 },
  NEXT_QUARTER: { unit: 'quarter', from: 1, length: 1 },
  THIS_YEAR: { unit: 'year', from: 0, length: 1 },
  LAST_YEAR: { unit: 'year', from: -1, length: 1 },
  NEXT_YEAR: { unit: 'year', from: 1, length: 1 },
  // The fiscal year begins in January, which is the default of an org.
  THIS_FISCAL_QUARTER: { unit: 'quarter', from: 0, length: 1 },
  LAST_FISCAL_QUARTER: { unit: 'quarter', from: -1, length: 1 },
  NEXT_FISCAL_QUARTER: { unit: 'quarter', from: 1, length: 1 },
  THIS_FISCAL_YEAR: { unit: 'year', from: 0, length: 1 },
  LAST_FISCAL_YEAR: { unit: 'year', from: -1, length: 1 },
  NEXT_FISCAL_YEAR: { unit: 'year', from: 1, length: 1 },
  LAST_90_DAYS: { unit: 'day', from: -90, length: 91 },
  NEXT_90_DAYS: { unit: 'day', from: 1, length: 90 },
};

/**
 * Date functions with a count. `LAST_N_DAYS:n` includes today, as in Salesforce. The others are whole units before or
 * after the current one.
 */
const COUNTED: Readonly<Record<string, (n: number) => Window>> = {
  LAST_N_DAYS: (n) => ({ unit: 'day', from: -n, length: n + 1 }),
  NEXT_N_DAYS: (n) => ({ unit: 'day', from: 1, length: n }),
  N_DAYS_AGO: (n) => ({ unit: 'day', from: -n, length: 1 }),
  LAST_N_WEEKS: (n) => ({ unit: 'week', from: -n, length: n }),
  NEXT_N_WEEKS: (n) => ({ unit: 'week', from: 1, length: n }),
  LAST_N_MONTHS: (n) => ({ unit: 'month', from: -n, length: n }),
  NEXT_N_MONTHS: (n) => ({ unit: 'month', from: 1, length: n }),
  LAST_N_QUARTERS: (n) => ({ unit: 'quarter', from: -n, length: n }),
  NEXT_N_QUARTERS: (n) => ({ unit: 'quarter', from: 1, length: n }),
  LAST_N_YEARS: (n) => ({ unit: 'year', from: -n, length: n }),
  NEXT_N_YEARS: (n) => ({ unit: 'year', from: 1, length: n }),
  LAST_N_FISCAL_QUARTERS: (n) => ({ unit: 'quarter', from: -n, length: n }),
  NEXT_N_FISCAL_QUARTERS: (n) => ({ unit: 'quarter', from: 1, length: n }),
  LAST_N_FISCAL_YEARS: (n) => ({ unit: 'year', from: -n, length: n }),
  NEXT_N_FISCAL_YEARS: (n) => ({ unit: 'year', from: 1, length: n }),
};

export function isDateFunction(word: string): boolean {
  return Object.hasOwn(FIXED, word) || Object.hasOwn(COUNTED, word);
}

/** Whether it takes a number, like `LAST_N_DAYS:3`. */
export function takesCount(word: string): boolean {
  return Object.hasOwn(COUNTED, word);
}

/** Returns the period of a date function. The org's users are in UTC, and weeks begin on Sunday. */
export function periodOf(name: string, count: number | null, now: Date): Period {
  const window = COUNTED[name]?.(count ?? 0) ?? FIXED[name];
  if (window === undefined) throw new Error(`${name} is not a date function.`);
  return {
    start: startOf(window.unit, window.from, now),
    end: startOf(window.unit, window.from + window.length, now),
  };
}

function startOf(unit: Unit, ahead: number, now: Date): number {
  const year = now.getUTCFullYear();
  const month = now.getUTCMonth();
  const today = Date.UTC(year, month, now.getUTCDate());
  switch (unit) {
    case 'day':
      return today + ahead * DAY;
    case 'week':
      return today + (ahead * 7 - now.getUTCDay()) * DAY;
    case 'month':
      return Date.UTC(year, month + ahead, 1);
    case 'quarter':
      return Date.UTC(year, month - (month % 3) + ahead * 3, 1);
    case 'year':
      return Date.UTC(year + ahead, 0, 1);
  }
}

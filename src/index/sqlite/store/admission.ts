import { checkStart, isAhead } from '../../model/clock.ts';
import { checkFence } from '../../model/fence.ts';
import type { Admission, FencingToken } from '../../port/admission.ts';
import { ClockSetBackError } from '../../port/errors.ts';
import type { Database } from '../file/database.ts';
import { type Meta, readMeta, writeMeta } from './meta.ts';
import { forgetLaterReadings, latestTime, rewind, watermarkTimes } from './rewind.ts';

/** See `Admissions.aheadOf`. */
export function aheadOf(db: Database, now: string): Promise<string | null> {
  return db.readingInTurn(() => {
    const latest = latestTime(db, readMeta(db));
    return isAhead(latest, now) ? new Date(latest).toISOString() : null;
  });
}

/** See `Admissions.admit`. */
export function admit(db: Database, fence: FencingToken, { backfillStart, objects, now }: Admission): Promise<void> {
  return db.writing(async () => {
    const meta = readMeta(db);
    checkFence(meta, fence);
    const latest = latestTime(db, meta);
    const ahead = isAhead(latest, now);
    if (ahead && backfillStart === null) throw new ClockSetBackError(new Date(latest).toISOString(), now);
    if (!ahead && backfillStart !== null) checkNewStart(db, meta, backfillStart);
    writeMeta(db, {
      highestRun: fence.run,
      admittedRun: fence.run,
      admittedStart: backfillStart,
      admittedObjects: objects ?? null,
    });
    // Times of readings protect against older attempts of the same run. Attempts of earlier runs are over.
    forgetLaterReadings(db, now);
    if (ahead) await rewind(db, meta, now);
  });
}

function checkNewStart(db: Database, { backfillStart, lastBackfill }: Meta, start: string): void {
  if (start === backfillStart) return;
  checkStart(start, [...watermarkTimes(db), ...(lastBackfill === null ? [] : [lastBackfill])]);
}

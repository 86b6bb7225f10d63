import { ClockSetBackError, NotAdmittedError } from '../../errors.ts';
import type { Admission, FencingToken } from '../../port/admission.ts';
import type { Database } from '../file/database.ts';
import { checkFence } from './fence.ts';
import { type Meta, readMeta, writeMeta } from './meta.ts';
import { AHEAD_MS, forgetLaterReadings, isAhead, latestTime, rewind, watermarkTimes } from './rewind.ts';

/** See `RunStore.aheadOf`. */
export function aheadOf(db: Database, now: string): Promise<string | null> {
  return db.readingInTurn(() => {
    const latest = latestTime(db, readMeta(db));
    return isAhead(latest, now) ? new Date(latest).toISOString() : null;
  });
}

/** See `RunStore.admit`. */
export function admit(db: Database, fence: FencingToken, { backfillStart, objects, now }: Admission): Promise<void> {
  return db.writing(async () => {
    const meta = readMeta(db);
    checkFence(meta, fence);
    const latest = latestTime(db, meta);
    const ahead = isAhead(latest, now);
    if (ahead && backfillStart === null) throw new ClockSetBackError(new Date(latest).toISOString(), now);
    if (!ahead && backfillStart !== null) checkStart(db, meta, backfillStart);
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

/**
 * Refuses a backfill start in the past, which would sweep too little. A new backfill starts at the org's current time.
 */
function checkStart(db: Database, { backfillStart, lastBackfill }: Meta, start: string): void {
  if (start === backfillStart) return;
  const known = [...watermarkTimes(db), ...(lastBackfill === null ? [] : [lastBackfill])];
  if (known.some((time) => isAhead(Date.parse(time), start)))
    throw new NotAdmittedError(
      `a complete backfill cannot start at ${start}, more than ${AHEAD_MS / 60_000} minutes before what is indexed already`,
    );
}

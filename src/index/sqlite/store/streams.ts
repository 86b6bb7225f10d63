import type { Stream } from '../../../facts/warnings.ts';
import type { ObjectName } from '../../../objects/index.ts';
import { includesStream, isSameStream, streamsNoted } from '../../model/blocked.ts';
import type { FencingToken } from '../../port/admission.ts';
import type { WriteBatch } from '../../port/documents.ts';
import type { ShareLook } from '../../port/ledger.ts';
import type { StreamNotes } from '../../port/progress.ts';
import type { Database } from '../file/database.ts';
import { codeOf } from '../file/layout.ts';
import { isoTime, optional } from '../file/stored.ts';
import { fenced } from './fence.ts';
import { type Meta, writeBlocked, writeShareLooks } from './meta.ts';

/** Notes how far streams are read, in the transaction that writes what was read. */
export function saveWatermarks(db: Database, { blocked }: Meta, given: NonNullable<WriteBatch['watermarks']>): void {
  for (const { at, ...stream } of given) raiseWatermark(db, stream, at);
  if (given.some((stream) => includesStream(blocked, stream)))
    writeBlocked(
      db,
      blocked.filter((note) => !includesStream(given, note)),
    );
}

/** See `ProgressNotes.noteStreams`. */
export function noteStreams(db: Database, fence: FencingToken, notes: StreamNotes): Promise<void> {
  return fenced(db, fence, ({ blocked, backfillStart, shareLooks }) => {
    const { slowShares = [] } = notes;
    const begun = Object.fromEntries(slowShares.map((object) => [object, { began: null, after: null }]));
    if (slowShares.length > 0) writeShareLooks(db, { ...begun, ...shareLooks });
    writeBlocked(
      db,
      streamsNoted(blocked, notes, {
        run: fence.run,
        backfillStart,
        since: (stream) => watermarkOf(db, stream),
      }),
    );
  });
}

/** See `ShareLedger.noteLook`. */
export function noteLook(
  db: Database,
  fence: FencingToken,
  object: ObjectName,
  look: ShareLook,
  upTo: string | null,
): Promise<void> {
  return fenced(db, fence, ({ shareLooks, blocked }) => {
    // A backfill may have ended the round in between.
    if (shareLooks[object] === undefined) return;
    writeShareLooks(db, { ...shareLooks, [object]: look });
    const stream: Stream = { object, of: 'shares' };
    if (includesStream(blocked, stream))
      writeBlocked(
        db,
        blocked.filter((note) => !isSameStream(note, stream)),
      );
    if (upTo !== null) raiseWatermark(db, { object, of: 'shares' }, upTo);
  });
}

export function raiseWatermark(db: Database, stream: Stream, at: string): void {
  const stored = watermarkOf(db, stream);
  if (stored !== null && Date.parse(stored) >= Date.parse(at)) return;
  db.run(`update progress set ${watermarkColumn(stream)} = ? where obj = ?`, at, codeOf(stream.object));
}

function watermarkOf(db: Database, stream: Stream): string | null {
  const column = optional(isoTime(watermarkColumn(stream)));
  return db.value(column, 'from progress where obj = ?', codeOf(stream.object)) ?? null;
}

function watermarkColumn({ of }: Stream): string {
  return of === 'records' ? 'watermark' : 'shares_watermark';
}

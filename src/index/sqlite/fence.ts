import { IndexReplacedError, NotAdmittedError, OrganizationChangedError, StaleRunError } from '../errors.ts';
import type { Ticket } from '../port.ts';
import { MOST_RUNS_AHEAD } from '../run-number.ts';
import type { Database } from './database.ts';
import { type Meta, readMeta, writeMeta } from './meta.ts';

/** Refuses what belongs to another index or org, or to a run that is over. Inside a write transaction, before anything is written. */
export function checkTicket(meta: Meta, ticket: Ticket): void {
  if (ticket.indexId !== meta.indexId)
    throw new IndexReplacedError(
      'The index is another one than the run began with (deleted, replaced or restored). The next run builds it anew.',
    );
  if (meta.organizationId !== null && ticket.organizationId !== meta.organizationId)
    throw new OrganizationChangedError(
      `The index holds organization ${meta.organizationId}, and ${ticket.organizationId} answers now. ` +
        'Correct base_url, and the next run serves searches again; or, if the new organization replaces the old one, run `salesforce-connector apply --replace-org`.',
    );
  if (ticket.run < meta.highestRun)
    throw new StaleRunError(`Run ${ticket.run} is over: run ${meta.highestRun} has written since.`);
  if (!Number.isSafeInteger(ticket.run) || ticket.run - meta.highestRun > MOST_RUNS_AHEAD)
    throw new NotAdmittedError(
      `run ${ticket.run} is too far ahead of run ${meta.highestRun}, the last that it knows, to be a run of this connection`,
    );
}

/** Refuses a run that was not admitted, though its ticket is right. */
export function checkAdmitted(meta: Meta, ticket: Ticket): void {
  if (meta.admittedRun !== ticket.run) throw new NotAdmittedError(`run ${ticket.run} was never admitted to it`);
}

/** One fenced write transaction of a run that has begun. */
export function fenced<Result>(
  db: Database,
  ticket: Ticket,
  work: (meta: Meta) => Result | Promise<Result>,
): Promise<Result> {
  return db.writing(() => {
    const meta = readMeta(db);
    checkTicket(meta, ticket);
    if (meta.organizationId === null)
      throw new IndexReplacedError('No run has begun in this index yet. The next run builds it.');
    checkAdmitted(meta, ticket);
    if (ticket.run > meta.highestRun) writeMeta(db, { highestRun: ticket.run });
    return work(meta);
  });
}

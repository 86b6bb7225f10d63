import { IndexReplacedError, OrganizationChangedError, StaleRunError } from '../errors.ts';
import type { Ticket } from '../port.ts';
import type { Database } from './database.ts';
import { type Meta, readMeta, writeMeta } from './meta.ts';

/** Refuses a run that may not write here. Inside a write transaction, before anything is written. */
export function checkTicket(meta: Meta, ticket: Ticket): void {
  if (ticket.indexId !== meta.indexId)
    throw new IndexReplacedError(
      'The index is another one than the run began with (deleted, replaced or restored). The next run builds it anew.',
    );
  if (meta.organizationId !== null && ticket.organizationId !== meta.organizationId)
    throw new OrganizationChangedError(
      `The index holds organization ${meta.organizationId}, and ${ticket.organizationId} answers now. ` +
        'If that is meant, run `apply --replace-org`.',
    );
  if (ticket.run < meta.highestRun)
    throw new StaleRunError(`Run ${ticket.run} is over: run ${meta.highestRun} has written since.`);
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
    if (ticket.run > meta.highestRun) writeMeta(db, { highestRun: ticket.run });
    return work(meta);
  });
}

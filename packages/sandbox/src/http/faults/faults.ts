import { z } from 'zod';
import { OrgFolderError } from '../../org/errors.ts';
import { type FaultPlace, type FaultReply, faultReply, isAhead, placeOf, type ReplyAt } from './names.ts';

const faultSchema = z
  .strictObject({
    match: z
      .strictObject({
        /** A substring of the path. */
        path: z.string().optional(),
        /** A substring of the SOQL: of a query, a continued cursor's query, or a subrequest. */
        query: z.string().optional(),
        /** Matches only queries that read more rows than this. */
        rows_over: z.number().int().min(0).optional(),
        /** The number of matching requests to let through first. */
        skip: z.number().int().min(0).default(0),
      })
      .prefault({}),
    times: z.union([z.number().int().min(1), z.literal('always')]).default(1),
    reply: faultReply,
  })
  .refine(({ match, reply }) => match.rows_over === undefined || placeOf(reply) === 'query', {
    path: ['match', 'rows_over'],
    error: 'is allowed only with query-timeout, short-pages and "part"',
  });
export const faultList = z.array(faultSchema);
type Fault = z.infer<typeof faultSchema>;

interface Watched {
  readonly fault: Fault;
  seen: number;
  fired: number;
}

/** The request that faults are matched against. */
export interface Struck {
  readonly path: string;
  /** The SOQL of the request and its subrequests. */
  readonly soql: string;
  /** Whether it continues a cursor. */
  readonly continues?: boolean;
  /** Returns the number of rows that the query reads. Called only if a fault needs it. */
  readonly rows?: () => number;
}

/** Reads the faults of `org.json`. Throws `OrgFolderError`. */
export function faultsOf(folderSettings: readonly unknown[]): Fault[] {
  const read = faultList.safeParse(folderSettings);
  if (read.success) return read.data;
  const issue = read.error.issues[0];
  throw new OrgFolderError(`org.json: "${['faults', ...(issue?.path ?? [])].join('.')}" ${issue?.message}.`);
}

/** Faults that are injected on purpose: after `skip` matching requests, each fires `times` times. */
export class Faults {
  #watched: Watched[] = [];
  readonly #held = new Set<() => void>();

  /** Replaces all faults. */
  set(faults: readonly Fault[]): void {
    this.#watched = faults.map((fault) => ({ fault, seen: 0, fired: 0 }));
  }

  /** Returns the fault for this request, or null. The first fault that is due takes it. */
  take(struck: Struck): FaultReply | null {
    return this.#take(struck, (place) => place !== 'query');
  }

  /** Returns the fault for this query, alone or in a composite, or null. */
  takeQuery(struck: Struck): ReplyAt<'query'> | null {
    return this.#take(struck, (place) => place === 'query') as ReplyAt<'query'> | null;
  }

  #take(struck: Struck, isMeant: (place: FaultPlace) => boolean): FaultReply | null {
    let taken: FaultReply | null = null;
    for (const watched of this.#watched) {
      const { match, times, reply } = watched.fault;
      if (!isMeant(placeOf(reply)) || !matches(watched.fault, struck)) continue;
      watched.seen += 1;
      if (taken !== null || watched.seen <= match.skip || (times !== 'always' && watched.fired >= times)) continue;
      watched.fired += 1;
      taken = reply;
    }
    return taken;
  }

  /** Waits until `release`, or until `gone` reports that the client has left. */
  async hold(gone: AbortSignal): Promise<void> {
    await new Promise<void>((resolve) => {
      const end = (): void => {
        this.#held.delete(end);
        resolve();
      };
      this.#held.add(end);
      if (gone.aborted) end();
      else gone.addEventListener('abort', end, { once: true });
    });
  }

  /** Releases every held request. Returns how many there were. */
  release(): number {
    const held = [...this.#held];
    for (const end of held) end();
    return held.length;
  }

  /** Returns the faults, how often each fired, and how many requests are held. */
  report(): { faults: (Fault & { seen: number; fired: number })[]; held: number } {
    const faults = this.#watched.map(({ fault, seen, fired }) => ({ ...fault, seen, fired }));
    return { faults, held: this.#held.size };
  }
}

function matches({ match, reply }: Fault, { path, soql, continues = false, rows }: Struck): boolean {
  if (!path.includes(match.path ?? '') || !soql.includes(match.query ?? '')) return false;
  if ((reply === 'locator-expired' || isAhead(reply)) && !continues) return false;
  return match.rows_over === undefined || (rows !== undefined && rows() > match.rows_over);
}

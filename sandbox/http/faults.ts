import { z } from 'zod';

const faultSchema = z.strictObject({
  match: z
    .strictObject({
      /** A substring of the path. */
      path: z.string().optional(),
      /** A substring of the SOQL: of the query, of the cursor that is continued, of a subrequest. */
      query: z.string().optional(),
      /** How many requests that match are let through first. */
      skip: z.number().int().min(0).default(0),
    })
    .prefault({}),
  times: z.number().int().min(1).default(1),
  reply: z.union([
    z.enum(['reset', 'html503', 'hang']),
    z.strictObject({
      status: z.number().int().min(100).max(599),
      body: z.unknown().optional(),
      headers: z.record(z.string(), z.string()).optional(),
      /** The body is a string and sent as it is. */
      raw: z.boolean().default(false),
    }),
  ]),
});
export const faultList = z.array(faultSchema);
type Fault = z.infer<typeof faultSchema>;
export type FaultReply = Fault['reply'];

interface Watched {
  readonly fault: Fault;
  seen: number;
  fired: number;
}

/** What goes wrong on purpose: each fault fires for the requests that match it, `times` times after `skip`. */
export class Faults {
  #watched: Watched[] = [];
  readonly #held = new Set<() => void>();

  /** Replaces all faults. */
  set(faults: readonly Fault[]): void {
    this.#watched = faults.map((fault) => ({ fault, seen: 0, fired: 0 }));
  }

  /** What happens to this request; null: nothing. The first fault that is due takes it. */
  take(path: string, soql: string): FaultReply | null {
    let taken: FaultReply | null = null;
    for (const watched of this.#watched) {
      const { match, times, reply } = watched.fault;
      if (!path.includes(match.path ?? '') || !soql.includes(match.query ?? '')) continue;
      watched.seen += 1;
      if (taken !== null || watched.seen <= match.skip || watched.fired >= times) continue;
      watched.fired += 1;
      taken = reply;
    }
    return taken;
  }

  /** Waits until `release`, or until `gone` says that the client has left. */
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

  /** Lets every held request go on; says how many there were. */
  release(): number {
    const held = [...this.#held];
    for (const end of held) end();
    return held.length;
  }

  /** The faults with how often each fired, and the requests that are held now. */
  report(): { faults: (Fault & { seen: number; fired: number })[]; held: number } {
    const faults = this.#watched.map(({ fault, seen, fired }) => ({ ...fault, seen, fired }));
    return { faults, held: this.#held.size };
  }
}

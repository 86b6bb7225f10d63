import type { SentError } from './errors.ts';

/** A call of a function in another thread. */
export interface Call {
  readonly number: number;
  readonly name: string;
  readonly args: readonly unknown[];
}

/** What a call came to. */
export type Answer =
  | { readonly number: number; readonly value: unknown }
  | { readonly number: number; readonly error: SentError };

/** The functions that a thread offers. Arguments and results are plain values, which are copied. */
export type Offered = Readonly<Record<string, (...args: never[]) => unknown>>;

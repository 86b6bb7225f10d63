/** An error as a plain value, for a message between threads. A message would otherwise lose its class and its fields. */
export interface SentError {
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly cause: SentError | undefined;
}

/** The class of an error. Its constructor is not called. */
export type ErrorClass = abstract new (...args: never[]) => Error;

const BUILT_IN: readonly ErrorClass[] = [Error, RangeError, TypeError, SyntaxError];

export function sendError(error: unknown): SentError {
  if (!(error instanceof Error)) return sendError(new Error(String(error)));
  const { name, message, stack, cause } = error;
  const fields = Object.fromEntries(
    Object.entries(error).filter(([field, value]) => field !== 'name' && typeof value !== 'function'),
  );
  return { name, message, stack, fields, cause: cause instanceof Error ? sendError(cause) : undefined };
}

/**
 * Returns the error in its own class.
 *
 * @param classes the classes that it may have, by their names. An error of another class becomes an `Error` with its name.
 */
export function receiveError(sent: SentError, classes: readonly ErrorClass[]): Error {
  const { name, message, stack, fields, cause } = sent;
  const known = [...classes, ...BUILT_IN].find((each) => each.name === name) ?? Error;
  const error: Error = Object.setPrototypeOf(new Error(message), known.prototype);
  if (stack !== undefined) error.stack = stack;
  if (cause !== undefined) error.cause = receiveError(cause, classes);
  return Object.assign(error, fields, error.name === name ? {} : { name });
}

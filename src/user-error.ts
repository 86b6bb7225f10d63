/**
 * What the person at the keyboard can mend: bad configuration, a server that is not there, a folder without rights.
 * The message is whole sentences that say what to do; the command line prints it alone, without a stack trace.
 */
export class UserError extends Error {
  override name = 'UserError';
  /** What a run that fails of it stores beside the message. */
  readonly code: string;

  constructor(message: string, code = 'user_error') {
    super(message);
    this.code = code;
  }
}

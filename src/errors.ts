/**
 * An error that the user can fix: a wrong setting, a server that is not there, a folder without rights. The message
 * says in whole sentences what to do. The command line prints it without a stack trace.
 */
export class UserError extends Error {
  override name = 'UserError';
  /** What a failed run stores beside the message. */
  readonly code: string;

  constructor(message: string, code = 'user_error') {
    super(message);
    this.code = code;
  }
}

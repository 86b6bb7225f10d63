/** Reports that the org cannot be generated. The message is one line that says what to do. */
export class GenerateError extends Error {
  override name = 'GenerateError';
}

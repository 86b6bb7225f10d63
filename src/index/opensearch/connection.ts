import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Connection } from '@opensearch-project/opensearch';

type Params = Parameters<Connection['request']>[0];
type Callback = Parameters<Connection['request']>[1];

/**
 * Adds to the library's connections what they lack: the cause of an error, of which the library keeps the text alone,
 * and an end to a response that stops in the middle, for which it would wait forever. They print nothing.
 */
export function explaining(Base: typeof Connection): typeof Connection {
  return class extends Base {
    override request(params: Params, callback: Callback): ClientRequest {
      let cause: unknown;
      const request = super.request(params, (error, response) => {
        if (error !== null && cause !== undefined) error.cause = cause;
        if (response !== null) {
          silence(request);
          endIfSilent(request, response);
        }
        callback(error, response);
      });
      // Before the library's own listener, which calls the function above.
      request.prependListener('error', (error) => {
        cause = error;
      });
      return request;
    }
  };
}

/** The library prints errors that come after a response began, and standard output may belong to a protocol. */
function silence(request: ClientRequest): void {
  request.removeAllListeners('error');
  request.on('error', () => {});
}

/** Uses the time limit of the request, which counts from the last byte. */
function endIfSilent(request: ClientRequest, response: IncomingMessage): void {
  request.once('timeout', () => response.destroy(new Error('The response stopped')));
}

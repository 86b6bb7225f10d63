/** The workflow that makes one run; only the Schedule starts it. */
export const SYNC_WORKFLOW = 'SyncWorkflow';

/** The workflow that holds the state between runs. */
export const CONNECTION_WORKFLOW = 'ConnectionWorkflow';

/** Id of a connection's Schedule; each run's workflow id is this, a hyphen and the tick's time. */
export function scheduleIdOf(connection: string): string {
  return `salesforce-sync/${connection}`;
}

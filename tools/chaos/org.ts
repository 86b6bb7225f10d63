import { type OrgControl, orgControl } from '@salesforce-connector/sandbox/control';
import { serveProgram } from '@salesforce-connector/sandbox/serve';
import { type Supervised, supervise } from '../../src/process/supervised.ts';

export type { Change, Row } from '@salesforce-connector/sandbox/control';

/** A sandbox org in a separate process. */
export interface Org extends OrgControl {
  stop(): Promise<void>;
}

/** Serves the folder on a free port. */
export async function serveOrg(folder: string, log: string): Promise<Org> {
  const server: Supervised = await supervise(process.execPath, [...serveProgram, '--', folder], {
    log,
    readFirstLine: true,
  });
  const url = /http:\S+/.exec((await server.firstLine) ?? '')?.[0];
  if (url === undefined) throw new Error(`the sandbox org did not start; see ${log}`);
  return { ...orgControl(url), stop: () => server.stop() };
}

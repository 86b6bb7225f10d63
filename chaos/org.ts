import { join } from 'node:path';
import { type OrgControl, orgControl } from '../sandbox/http/control-client.ts';
import { packageRoot } from '../src/package-root.ts';
import { type Kept, keep } from '../src/process/kept.ts';

export type { Change, Row } from '../sandbox/http/control-client.ts';

/** A sandbox org in a process of its own. */
export interface Org extends OrgControl {
  stop(): Promise<void>;
}

/** Serves the folder on a free port. */
export async function serveOrg(folder: string, log: string): Promise<Org> {
  const script = join(packageRoot(), 'dist', 'sandbox', 'serve.js');
  const server: Kept = await keep(process.execPath, [script, '--', folder], { log, readFirstLine: true });
  const url = /http:\S+/.exec((await server.firstLine) ?? '')?.[0];
  if (url === undefined) throw new Error(`the sandbox org did not start; see ${log}`);
  return { ...orgControl(url), stop: () => server.stop() };
}

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Finding } from '../../src/check/finding.ts';
import type { Report } from '../../src/check/report.ts';
import { checkConnection } from '../../src/check/walk.ts';
import { loadConfig } from '../../src/config/load.ts';
import { orgFolder, recordId } from '../sync/org-folder.ts';
import { type SandboxOrg, sandboxOrg } from '../sync/sandbox-org.ts';

/** The permission set of the integration user's profile in `orgFolder`. */
export const OWN_SET = recordId('0PS', 3);

const RIGHTS = {
  PermissionsViewSetup: true,
  PermissionsViewRoles: true,
  PermissionsViewAllUsers: true,
  PermissionsManageUsers: true,
};

/** An org folder with a few records. The test may change its files before it is served. */
export function folderOf(files: Readonly<Record<string, string>> = {}, settings: Record<string, unknown> = {}): string {
  const folder = orgFolder({ accounts: 6 });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const path = join(folder, 'org.json');
  writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, 'utf8')), ...settings }));
  return folder;
}

/** Serves an org whose integration user has every right, until the test ends. */
export async function goodOrg(folder = folderOf()): Promise<SandboxOrg> {
  const org = await sandboxOrg(folder);
  onTestFinished(() => org.close());
  await org.change({ put: 'PermissionSet', row: { Id: OWN_SET, ...RIGHTS } });
  return org;
}

/** Changes the integration user's own permission set. */
export function own(org: SandboxOrg, row: Readonly<Record<string, boolean | null>>): Promise<void> {
  return org.change({ put: 'PermissionSet', row: { Id: OWN_SET, ...row } });
}

/** Checks the org with the settings of a config file. An undefined setting is left out of the file. */
export async function checkOf(
  org: { readonly url: string },
  settings: Record<string, unknown> = {},
  limits: Parameters<typeof checkConnection>[1] = {},
): Promise<Report> {
  const file = join(folderOf(), 'config.yaml');
  const all = { connection: 'good', base_url: org.url, client_id: 'sandbox', client_secret: 'sandbox', ...settings };
  writeFileSync(
    file,
    Object.entries(all)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => `${key}: ${JSON.stringify(value)}\n`)
      .join(''),
  );
  return checkConnection(await loadConfig(file, {}), limits);
}

/** Every finding of the report. */
function findingsOf(report: Report): readonly Finding[] {
  return [...report.steps.flatMap(({ findings }) => findings), ...report.org];
}

/** The finding of one test of the check. */
export function finding(report: Report, test: string): Finding | undefined {
  return findingsOf(report).find((one) => one.test === test);
}

/** Every finding that is not good, as `status test`. */
export function bad(report: Report): string[] {
  return findingsOf(report)
    .filter(({ status }) => status !== 'ok')
    .map(({ status, test }) => `${status} ${test}`);
}

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import Libsql from 'libsql';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DEFAULT_SETTINGS, type SettingsByObject } from '../../src/objects/settings.ts';
import { packageRoot } from '../../src/process/package-root.ts';
import { readSchema } from '../../src/sync/schema-text.ts';
import { expectIndexEqualsOrg } from './equality.ts';
import { type SandboxOrg, sandboxOrg } from './sandbox-org.ts';
import { createSyncRunner, type SyncRunner } from './sync-runner.ts';

const HARBOR = join(packageRoot(), 'packages', 'sandbox', 'orgs', 'harbor');
/** What the release c516d8e wrote for that org. */
const STORED = join(packageRoot(), 'test', 'stored', 'c516d8e13763');

/** Reads every record and every field. */
const READER = '005Hb000000000FIAQ';

let org: SandboxOrg;
let sync: SyncRunner;
let line: string;
beforeEach(async () => {
  org = await sandboxOrg(HARBOR);
  sync = createSyncRunner(org.url, { sliceRecords: 100 });
  putStored('incremental');
  line = selectionIn();
  expect(line).toMatch(/^Account:Name,AccountNumber,.+,shares;Contact:.+,OwnerId,IsConverted,shares$/);
});
afterEach(async () => {
  sync.close();
  await org.close();
});

function putStored(name: string): void {
  writeFileSync(sync.path, gunzipSync(readFileSync(join(STORED, `${name}.sqlite.gz`))));
}

/** The selection in the index's file. */
function selectionIn(): string {
  const db = new Libsql(sync.path);
  const { value } = db.prepare("select value from meta where key = 'selection'").get() as { value: string };
  db.close();
  return value;
}

function putSelection(text: string): void {
  const db = new Libsql(sync.path);
  db.prepare("update meta set value = ? where key = 'selection'").run(text);
  db.close();
}

/** An index that the present code has filled, with the selection as a line of the earlier release. */
async function filledUnderTheLine(): Promise<void> {
  await sync.complete();
  putSelection(line);
}

const other = (objects: SettingsByObject) => sync.restart({ objects });
const choice = (given: Partial<typeof DEFAULT_SETTINGS>) => ({ ...DEFAULT_SETTINGS, ...given });

describe('an index that was filled with the line of an earlier release', () => {
  it('continues without a complete backfill, and the next one stores the selection as JSON', async () => {
    await filledUnderTheLine();
    expect(await sync.incremental()).toMatchObject({ kind: 'incremental' });
    expect(selectionIn()).toBe(line);
    await sync.complete();
    expect(JSON.parse(selectionIn())).toMatchObject({ version: 1 });
    expect(readSchema(selectionIn())).toEqual(readSchema(line));
    await sync.incremental();
  });

  it('has its open backfill resumed, even by a worker that has just started, and then equals the org', async () => {
    await sync.complete();
    await sync.completeInterrupted(3);
    putSelection(line);
    sync.restart();
    await sync.resume();
    expect(selectionIn()).toBe(line);
    await sync.incremental();
    await expectIndexEqualsOrg(sync.path, org, READER);
  });

  it('that the release itself wrote has its open backfill resumed', async () => {
    putStored('in-a-backfill');
    expect((await sync.run()).reason).toBe('resumes the open backfill in the index');
    expect(selectionIn()).toBe(line);
    await expectIndexEqualsOrg(sync.path, org, READER);
    await sync.incremental();
  });

  it.each<[string, SettingsByObject]>([
    [
      'Account loses Fax; Contact has a different title',
      {
        Account: choice({ leaveOut: ['Fax'] }),
        Contact: choice({ title: 'Email' }),
      },
    ],
    ["Lead is filtered by Company != 'x'", { Lead: choice({ where: "Company != 'x'" }) }],
  ])('is read again if %s', async (change, objects) => {
    await filledUnderTheLine();
    other(objects);
    expect(await sync.run()).toMatchObject({ kind: 'complete', reason: `what is indexed has changed: ${change}` });
    expect(readSchema(selectionIn())).not.toEqual(readSchema(line));
  });

  it('does not resume an open backfill of another selection', async () => {
    await sync.complete();
    await sync.completeInterrupted(3);
    putSelection(line);
    other({ Lead: choice({ on: false }) });
    expect((await sync.run()).reason).toBe('what is indexed has changed: Lead is switched off');
  });

  it('refuses writes of a worker that takes a run over with another config', async () => {
    await sync.complete();
    await sync.completeInterrupted(3);
    putSelection(line);
    const run = sync.run({ afterSlice: async () => other({ Account: choice({ leaveOut: ['Fax'] }) }) });
    await expect(run).rejects.toThrow(
      'What is indexed has changed since the run began (the config file, or what the integration user can see)',
    );
  });
});

describe.each([
  ['a later version', '{"version":2,"chosen":[]}', 'a newer version of the connector chose what is indexed'],
  ['nobody', '{"version":1', 'the index does not say what was chosen before'],
])('an index that was filled with a selection that %s wrote', (_, text, change) => {
  it('is filled again', async () => {
    await sync.complete();
    putSelection(text);
    expect(await sync.run()).toMatchObject({ kind: 'complete', reason: `what is indexed has changed: ${change}` });
    expect(JSON.parse(selectionIn())).toMatchObject({ version: 1 });
    await sync.incremental();
  });
});

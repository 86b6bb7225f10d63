import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import Libsql from 'libsql';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Choices, USUAL_CHOICE } from '../../src/objects/choice.ts';
import { packageRoot } from '../../src/package-root.ts';
import { readSelection } from '../../src/sync/selection-text.ts';
import { type HandSync, syncByHand } from './by-hand.ts';
import { expectIndexEqualsOrg } from './equality.ts';
import { type SandboxOrg, sandboxOrg } from './sandbox-org.ts';

const HARBOR = join(packageRoot(), 'sandbox', 'orgs', 'harbor');
/** What the release c516d8e wrote of that org. */
const STORED = join(packageRoot(), 'test', 'stored', 'c516d8e13763');

/** Reads every record and every field. */
const READER = '005Hb000000000FIAQ';

let org: SandboxOrg;
let sync: HandSync;
let line: string;
beforeEach(async () => {
  org = await sandboxOrg(HARBOR);
  sync = syncByHand(org.url, { sliceRecords: 100 });
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

/** An index that the present code has filled, and that holds the line of the earlier release. */
async function filledUnderTheLine(): Promise<void> {
  await sync.complete();
  putSelection(line);
}

const other = (objects: Choices) => sync.restart({ objects });
const choice = (given: Partial<typeof USUAL_CHOICE>) => ({ ...USUAL_CHOICE, ...given });

describe('an index that was filled under the line of an earlier release', () => {
  it('goes on without a complete backfill; the next one keeps the selection as JSON', async () => {
    await filledUnderTheLine();
    expect(await sync.incremental()).toMatchObject({ kind: 'incremental' });
    expect(selectionIn()).toBe(line);
    await sync.complete();
    expect(JSON.parse(selectionIn())).toMatchObject({ version: 1 });
    expect(readSelection(selectionIn())).toEqual(readSelection(line));
    await sync.incremental();
  });

  it('has its open backfill resumed, also by a worker that has just started, and is then as the org', async () => {
    await sync.complete();
    await sync.completeInterrupted(3);
    putSelection(line);
    sync.restart();
    await sync.resume();
    expect(selectionIn()).toBe(line);
    await sync.incremental();
    await expectIndexEqualsOrg(sync.path, org, READER);
  });

  it('of that release itself, has its open backfill resumed', async () => {
    putStored('in-a-backfill');
    expect((await sync.run()).reason).toBe('goes on with the backfill that the index holds open');
    expect(selectionIn()).toBe(line);
    await expectIndexEqualsOrg(sync.path, org, READER);
    await sync.incremental();
  });

  it.each<[string, Choices]>([
    [
      'Account loses Fax; Contact has another title',
      {
        Account: choice({ leaveOut: ['Fax'] }),
        Contact: choice({ title: 'Email' }),
      },
    ],
    ["Lead is filtered by Company != 'x'", { Lead: choice({ where: "Company != 'x'" }) }],
  ])('is read again where %s', async (change, objects) => {
    await filledUnderTheLine();
    other(objects);
    expect(await sync.run()).toMatchObject({ kind: 'complete', reason: `what is indexed has changed: ${change}` });
    expect(readSelection(selectionIn())).not.toEqual(readSelection(line));
  });

  it('does not go on with an open backfill of another selection', async () => {
    await sync.complete();
    await sync.completeInterrupted(3);
    putSelection(line);
    other({ Lead: choice({ on: false }) });
    expect((await sync.run()).reason).toBe('what is indexed has changed: Lead is switched off');
  });

  it('is not written by a worker that takes a run over with another config', async () => {
    await sync.complete();
    await sync.completeInterrupted(3);
    putSelection(line);
    const run = sync.run({ afterSlice: async () => other({ Account: choice({ leaveOut: ['Fax'] }) }) });
    await expect(run).rejects.toThrow(
      'What is indexed has changed since the run began (the config file, or what the integration user sees)',
    );
  });
});

describe.each([
  ['a later version', '{"version":2,"chosen":[]}', 'a later version of the connector chose what is indexed'],
  ['nobody', '{"version":1', 'the index does not tell what was chosen before'],
])('an index that was filled under a selection that %s wrote', (_, text, change) => {
  it('is filled again', async () => {
    await sync.complete();
    putSelection(text);
    expect(await sync.run()).toMatchObject({ kind: 'complete', reason: `what is indexed has changed: ${change}` });
    expect(JSON.parse(selectionIn())).toMatchObject({ version: 1 });
    await sync.incremental();
  });
});

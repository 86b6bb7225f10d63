import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { OBJECT_NAMES } from '../../src/objects/index.ts';
import { packageRoot } from '../../src/process/package-root.ts';
import { connectionMemo } from '../../workflows/connection-state.ts';
import type { ConnectionState } from '../../workflows/contract.ts';
import { sandboxOrg } from '../sync/sandbox-org.ts';
import { createSyncRunner } from '../sync/sync-runner.ts';

// The present code must write every field that a release has written into Temporal, with the same name. A renamed field
// is read as missing, and no replay notices.

const HISTORIES = join(packageRoot(), 'test', 'replay', 'histories');
const STORED = join(packageRoot(), 'test', 'stored');
const releases = readdirSync(STORED).filter((name) => !name.includes('.'));

/** The paths of fields, by their container: `input of sweep` → `.object`. */
type Fields = Map<string, Set<string>>;

/** Names of objects are data. */
const DATA: ReadonlySet<string> = new Set(OBJECT_NAMES);

function* pathsIn(value: unknown, path = ''): Generator<string> {
  if (Array.isArray(value)) for (const item of value) yield* pathsIn(item, `${path}[]`);
  else if (typeof value === 'object' && value !== null)
    for (const [key, item] of Object.entries(value)) {
      const here = `${path}.${DATA.has(key) ? '*' : key}`;
      yield here;
      yield* pathsIn(item, here);
    }
}

function note(fields: Fields, what: string, value: unknown): void {
  const known = fields.get(what) ?? new Set();
  for (const path of pathsIn(value)) known.add(path);
  fields.set(what, known);
}

interface Payload {
  readonly data?: string;
}
const decoded = ({ data = '' }: Payload): unknown => JSON.parse(Buffer.from(data, 'base64').toString() || 'null');
const payloadsIn = (value?: { payloads?: readonly Payload[] }) => (value?.payloads ?? []).map(decoded);

interface Payloads {
  readonly payloads?: readonly Payload[];
}
interface Event {
  readonly eventId: string;
  readonly [attributes: string]: unknown;
}
/** The part of an event's attributes that is compared. */
interface Attributes {
  readonly workflowType?: { readonly name: string };
  readonly activityType?: { readonly name: string };
  readonly scheduledEventId?: string;
  readonly input?: Payloads;
  readonly result?: Payloads;
  readonly upsertedMemo?: { readonly fields: Readonly<Record<string, Payload>> };
  readonly acceptedRequest?: { readonly input: { readonly name: string; readonly args: Payloads } };
}

/** What a release wrote, taken from its histories and from its state as a query returned it. */
function writtenBy(release: string): Fields {
  const fields: Fields = new Map();
  for (const file of readdirSync(join(STORED, release)).filter((name) =>
    /^(?!.*(?:take-over|later)).*\.json$/.test(name),
  ))
    note(fields, 'state', JSON.parse(readFileSync(join(STORED, release, file), 'utf8')).state);
  for (const file of readdirSync(join(HISTORIES, release))) {
    // The present code writes the end of these.
    if (file.startsWith('handed-over')) continue;
    const { events } = JSON.parse(readFileSync(join(HISTORIES, release, file), 'utf8')) as { events: Event[] };
    const activities = new Map<string, string>();
    let workflow = '';
    for (const event of events) {
      const of = (kind: string) => event[`${kind}EventAttributes`] as Attributes | undefined;
      const started = of('workflowExecutionStarted');
      if (started !== undefined) {
        workflow = started.workflowType?.name ?? '';
        const names = workflow === 'SyncWorkflow' ? ['input', 'carried'] : ['state'];
        for (const [at, value] of payloadsIn(started.input).entries()) note(fields, names[at] ?? '', value);
      }
      const scheduled = of('activityTaskScheduled');
      if (scheduled !== undefined) {
        const { name = '' } = scheduled.activityType ?? {};
        activities.set(event.eventId, name);
        for (const value of payloadsIn(scheduled.input)) note(fields, `input of ${name}`, value);
      }
      const completed = of('activityTaskCompleted');
      for (const value of payloadsIn(completed?.result))
        note(fields, `output of ${activities.get(completed?.scheduledEventId ?? '')}`, value);
      for (const [key, payload] of Object.entries(of('workflowPropertiesModified')?.upsertedMemo?.fields ?? {}))
        note(fields, workflow === 'SyncWorkflow' ? 'memo' : 'connection memo', { [key]: decoded(payload) });
      for (const value of payloadsIn(of('workflowExecutionCompleted')?.result)) note(fields, 'result', value);
      const update = of('workflowExecutionUpdateAccepted')?.acceptedRequest?.input;
      for (const value of payloadsIn(update?.args)) note(fields, `update ${update?.name}`, value);
    }
  }
  return fields;
}

/** What the present code writes, in runs like those of the histories. */
async function writtenNow(): Promise<Fields> {
  const fields: Fields = new Map();
  const folder = mkdtempSync(join(tmpdir(), 'stored-fields-'));
  cpSync(join(packageRoot(), 'packages', 'sandbox', 'orgs', 'harbor'), folder, { recursive: true });
  const file = join(folder, 'org.json');
  writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), daily_api_requests: 100 }));
  const org = await sandboxOrg(folder);
  const onStored = (what: string, value: unknown) => {
    note(fields, what, value);
    if (what === 'state') note(fields, 'connection memo', connectionMemo(value as ConnectionState));
  };
  const settings = { sliceRecords: 20, apiBudgetPercent: 20 };
  const sync = createSyncRunner(org.url, settings, { continueEvery: 5, onStored });
  // A day later the limit is free again. The first wait finds that it is not.
  let waits = 0;
  const whileWaiting = async () => {
    waits += 1;
    if (waits > 1) await org.advanceClock(86_400);
  };
  try {
    const { result } = await sync.complete({ whileWaiting }, { allowSweep: true });
    note(fields, 'result', result);
    note(fields, 'result', (await sync.run({ whileWaiting })).result);
    let slices = 0;
    const interrupted = sync.complete(
      {
        whileWaiting,
        afterSlice: async () => {
          slices += 1;
          if (slices === 5) throw new Error('the run ends here');
        },
      },
      { allowSweep: true },
    );
    await expect(interrupted).rejects.toThrow('the run ends here');
    note(fields, 'result', (await sync.run({ whileWaiting })).result);
    await org.failTokens({
      status: 400,
      error: 'invalid_grant',
      error_description: 'no client credentials user enabled',
    });
    sync.restart();
    await expect(sync.run()).rejects.toThrow();
    // What the Schedule passes on: src/temporal/schedule.ts has its type.
    note(fields, 'input', { connection: '', completeBackfillFrequency: 1, tickSeconds: 1 });
  } finally {
    sync.close();
    await org.close();
    rmSync(folder, { recursive: true, force: true });
  }
  return fields;
}

/** Only a server can skip a run: test/sync/protocol.test.ts. */
const NOT_PLAYED = ['output of beginRun: .headline'];

/** A release that reads this shows a shorter summary of a slice without it. */
const NO_LONGER_WRITTEN = /: \.sliceRecords$/;

function missing(written: Fields, now: Fields): string[] {
  return [...written].flatMap(([what, paths]) =>
    [...paths].filter((path) => now.get(what)?.has(path) !== true).map((path) => `${what}: ${path}`),
  );
}

let now: Fields;
beforeAll(async () => {
  now = await writtenNow();
}, 120_000);

describe.each(releases)('the fields that %s wrote', (release) => {
  it('are written with the same names today', () => {
    const written = writtenBy(release);
    expect(written.size).toBeGreaterThan(18);
    expect(missing(written, now).filter((path) => !NO_LONGER_WRITTEN.test(path))).toEqual(NOT_PLAYED);
  });

  it('control: a field with another name is caught', () => {
    const renamed = new Map(
      [...now].map(([what, paths]) => [what, new Set([...paths].filter((path) => !path.endsWith('.renewed')))]),
    );
    expect(missing(writtenBy(release), renamed)).toContain('memo: .progress.*.renewed');
  });
});

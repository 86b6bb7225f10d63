import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RECORDS, ROLES, SETS, sfId, USERS, type UserKey, writeFolder } from '@salesforce-connector/sandbox/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { indexAt } from '../../src/index/location.ts';
import { openIndexReader, UserNotServedError } from '../../src/index/open.ts';
import { OBJECT_NAMES } from '../../src/objects/index.ts';
import { packageRoot } from '../../src/process/package-root.ts';
import {
  fieldPermission,
  GROUP,
  group,
  inTerritory,
  member,
  OUTER,
  org as organization,
  type Put,
  record,
  share,
  TERRITORY,
  territories,
  user,
} from '../access/cases/case.ts';
import { FIELD_ORG, wordIn } from '../access/cases/field-org.ts';
import { describingProxy } from './describing-proxy.ts';
import { expectIndexEqualsOrg } from './equality.ts';
import { type Change, type SandboxOrg, sandboxOrg } from './sandbox-org.ts';
import { createSyncRunner, type SyncRunner } from './sync-runner.ts';

/** A change, and what someone finds, or no longer finds, once the index has it. */
interface Moment {
  readonly what: string;
  readonly changes: readonly Change[];
  readonly who: UserKey;
  readonly id: string;
  readonly words?: string;
  readonly finds: boolean;
  /** Otherwise the next run. */
  readonly caughtBy?: 'the next complete backfill' | 'the hourly reading';
}

/** A line of the table in docs/architecture.md. */
interface Line {
  readonly change: string;
  readonly inTheIndex: string;
  /** What is in the org before the first sync. */
  readonly before?: readonly Put[];
  /** Each change is made, and then a run follows. */
  readonly rounds: readonly (readonly Moment[])[];
}

const put = (...puts: readonly Put[]): Change[] => puts.map(([object, row]) => ({ put: object, row }));
const TERRITORY_GROUP = sfId('00G', 3);
const NEW_LEAD = sfId('00Q', 5);
/** Rows in addition to those of the org. */
const second = (prefix: string) => ({ Id: sfId(prefix, 7) });
const FOUND_BY_ACCOUNT = { CaseAccessLevel: 'Read', OpportunityAccessLevel: 'Read' };
const LONG_AGO = '2001-01-01T00:00:00.000Z';

const LINES: readonly Line[] = [
  {
    change: 'record created or changed; owner or account changed; opportunity made private',
    inTheIndex: 'next run',
    rounds: [
      [
        {
          what: 'created',
          changes: put(['Lead', { Id: NEW_LEAD, Name: 'Nora', OwnerId: USERS.rep }]),
          who: 'westLead',
          id: NEW_LEAD,
          finds: true,
        },
        {
          what: 'changed',
          changes: put(record('Case', 'case', { Status: 'Escalated' })),
          who: 'rep',
          id: RECORDS.case,
          words: 'escalated',
          finds: true,
        },
        {
          what: 'owner changed',
          changes: put(record('Lead', 'lead', { OwnerId: USERS.eastLead })),
          who: 'eastLead',
          id: RECORDS.lead,
          finds: true,
        },
        {
          what: 'account of a child changed',
          changes: put(record('Contact', 'contact', { AccountId: RECORDS.otherAccount })),
          who: 'rep',
          id: RECORDS.contact,
          finds: false,
        },
        {
          what: 'opportunity made private',
          changes: put(record('Opportunity', 'opportunity', { IsPrivate: true })),
          who: 'viewer',
          id: RECORDS.opportunity,
          finds: false,
        },
      ],
    ],
  },
  {
    change: 'record deleted, undeleted, merged; lead converted (it leaves the index)',
    inTheIndex: 'next run',
    rounds: [
      [
        {
          what: 'deleted',
          changes: [{ delete: 'Case', id: RECORDS.case }],
          who: 'rep',
          id: RECORDS.case,
          finds: false,
        },
        {
          what: 'merged',
          changes: [{ merge: 'Account', master: RECORDS.account, losers: [RECORDS.otherAccount] }],
          who: 'integration',
          id: RECORDS.otherAccount,
          finds: false,
        },
        {
          what: 'converted',
          changes: [{ convert: 'Lead', id: RECORDS.lead }],
          who: 'rep',
          id: RECORDS.lead,
          finds: false,
        },
      ],
      [
        {
          what: 'undeleted',
          changes: [{ undelete: 'Case', id: RECORDS.case }],
          who: 'rep',
          id: RECORDS.case,
          finds: true,
        },
      ],
    ],
  },
  {
    change:
      'share added or changed, including a share of an account that gives access to its contacts, cases and opportunities',
    inTheIndex: 'next run',
    rounds: [
      [
        {
          what: 'added',
          changes: put(share('Lead', USERS.roleless, second('01o'))),
          who: 'roleless',
          id: RECORDS.lead,
          finds: true,
        },
        {
          what: 'changed',
          changes: put(share('Lead', USERS.viewer, { LeadAccessLevel: 'None' })),
          who: 'viewer',
          id: RECORDS.lead,
          finds: false,
        },
        ...([RECORDS.contact, RECORDS.case, RECORDS.opportunity] as const).map((id) => ({
          what: `an account's, for ${id}`,
          changes: put(share('Account', USERS.eastLead, { ...second('00r'), ...FOUND_BY_ACCOUNT })),
          who: 'eastLead' as const,
          id,
          finds: true,
        })),
      ],
    ],
  },
  {
    change: 'share removed, even if nothing else changed',
    inTheIndex:
      'next run; one or more runs later if another share was added meanwhile, or if many were removed at once',
    before: [share('Case', USERS.roleless, second('01n'))],
    rounds: [
      [
        {
          what: 'with nothing else changed',
          changes: [{ erase: 'LeadShare', id: sfId('01o', 1) }],
          who: 'viewer',
          id: RECORDS.lead,
          finds: false,
        },
        {
          what: 'a manual one, with an owner change',
          changes: put(record('Case', 'case', { OwnerId: USERS.westLead })),
          who: 'roleless',
          id: RECORDS.case,
          finds: false,
        },
      ],
    ],
  },
  {
    change: 'hard delete, emptied recycle bin',
    inTheIndex: 'next complete backfill',
    rounds: [
      [
        {
          what: 'a hard delete',
          changes: [
            { erase: 'LeadShare', id: sfId('01o', 1) },
            { erase: 'Lead', id: RECORDS.lead },
          ],
          who: 'integration',
          id: RECORDS.lead,
          finds: false,
          caughtBy: 'the next complete backfill',
        },
        {
          what: 'a recycle bin that was emptied before the run',
          changes: [
            { delete: 'Case', id: RECORDS.case },
            { erase: 'Case', id: RECORDS.case },
          ],
          who: 'rep',
          id: RECORDS.case,
          finds: false,
          caughtBy: 'the next complete backfill',
        },
      ],
    ],
  },
  {
    change: 'role, group, queue or territory membership; user deactivated or frozen',
    inTheIndex: 'next run',
    before: [
      group('Regular'),
      group('Queue', {}, OUTER),
      ...territories,
      group('Territory', { RelatedId: TERRITORY.middle }, TERRITORY_GROUP),
      record('Case', 'case', { OwnerId: OUTER }),
      share('Lead', GROUP, second('01o')),
      share('Opportunity', TERRITORY_GROUP),
    ],
    rounds: [
      [
        {
          what: 'role',
          changes: put(user('eastLead', { UserRoleId: ROLES.west })),
          who: 'eastLead',
          id: RECORDS.lead,
          finds: true,
        },
        {
          what: 'group',
          changes: put(member(1, USERS.roleless)),
          who: 'roleless',
          id: RECORDS.lead,
          finds: true,
        },
        {
          what: 'queue',
          changes: put(member(2, USERS.colleague, OUTER)),
          who: 'colleague',
          id: RECORDS.case,
          finds: true,
        },
        {
          what: 'territory',
          changes: put(inTerritory(1, 'roleless', TERRITORY.middle)),
          who: 'roleless',
          id: RECORDS.opportunity,
          finds: true,
        },
        {
          what: 'user deactivated',
          changes: put(user('chief', { IsActive: false })),
          who: 'chief',
          id: RECORDS.lead,
          finds: false,
        },
        {
          what: 'user frozen',
          changes: put(['UserLogin', { Id: sfId('0Yw', 1), UserId: USERS.rep, IsFrozen: true }]),
          who: 'rep',
          id: RECORDS.lead,
          finds: false,
        },
      ],
    ],
  },
  {
    change: 'permission set, its assignments; field-level security',
    inTheIndex: 'next run; within an hour where Salesforce moves neither a count nor a time stamp',
    // With a stamp: a table without a stamp is read in each run.
    before: [
      ['PermissionSet', { Id: SETS.admin }],
      ['ObjectPermissions', { Id: sfId('110', 90), ParentId: SETS.extra, SobjectType: 'Lead', PermissionsRead: true }],
    ],
    rounds: [
      [
        {
          what: 'permission set',
          changes: put([
            'PermissionSetAssignment',
            { Id: sfId('0Pa', 5), AssigneeId: USERS.westLead, PermissionSetId: SETS.admin },
          ]),
          who: 'westLead',
          id: RECORDS.otherAccount,
          finds: true,
        },
        {
          what: 'field-level security',
          changes: put(fieldPermission(SETS.extra, 'Account.Phone')),
          who: 'viewer',
          id: RECORDS.account,
          words: wordIn('Account.Phone'),
          finds: true,
        },
      ],
      [
        {
          what: 'a right of a permission set, under its old stamp',
          changes: put(['PermissionSet', { Id: SETS.extra, PermissionsViewAllData: true, SystemModstamp: LONG_AGO }]),
          who: 'viewer',
          id: RECORDS.otherAccount,
          finds: true,
          caughtBy: 'the hourly reading',
        },
      ],
    ],
  },
  {
    change: 'record that cannot be indexed (a value that is not text, or more than a million characters)',
    inTheIndex:
      'the next run hides it and [reports it](troubleshooting.md#records-that-cannot-be-indexed); every run tries it again',
    rounds: [
      [
        {
          what: 'a text above a million characters',
          changes: put(record('Case', 'case', { Description: 'word '.repeat(200_001) })),
          who: 'rep',
          id: RECORDS.case,
          finds: false,
        },
      ],
      [
        {
          what: 'the text is shortened under its old stamp',
          changes: put(
            record('Case', 'case', { Description: 'word', SystemModstamp: LONG_AGO, LastModifiedDate: LONG_AGO }),
          ),
          who: 'rep',
          id: RECORDS.case,
          finds: true,
        },
      ],
    ],
  },
  {
    change: 'formula field, or any other change that does not touch SystemModstamp',
    inTheIndex: 'next complete backfill',
    rounds: [
      [
        {
          what: 'another value under the same stamp',
          changes: put(
            record('Case', 'case', { Status: 'Recalculated', SystemModstamp: LONG_AGO, LastModifiedDate: LONG_AGO }),
          ),
          who: 'rep',
          id: RECORDS.case,
          words: 'recalculated',
          finds: true,
          caughtBy: 'the next complete backfill',
        },
      ],
    ],
  },
];

/** Lines that promise more than the next run. */
const EXPIRY = ['an assignment that expires', 'at that moment'] as const;
const DEFAULT = [
  'org-wide default',
  'next run; if Contact changes from or to Controlled by Parent, only users with View All find contacts until the next run, a complete backfill, has ended',
] as const;
const SIGHT = [
  'the integration user loses View All, and gets it back',
  'next run: documents stay and `status` reports them as stale; after the right is given back, the run after the next one is a complete backfill',
] as const;

const LABEL = ['label of a picklist’s value', 'next complete backfill'] as const;

let files: ReturnType<typeof writeFolder>;
let org: SandboxOrg;
let sync: SyncRunner;

beforeEach(async () => {
  files = writeFolder(FIELD_ORG, { run_as: USERS.integration });
  org = await sandboxOrg(files.folder);
  sync = createSyncRunner(org.url);
});

afterEach(async () => {
  vi.useRealTimers();
  sync.close();
  await org.close();
  files.remove();
});

async function finds(who: UserKey, id: string, words = ''): Promise<boolean> {
  const index = await openIndexReader({ index: indexAt(sync.path) });
  try {
    return (await index.ids(words, { as: USERS[who] })).includes(id);
  } catch (error) {
    if (error instanceof UserNotServedError) return false;
    throw error;
  } finally {
    await index.close();
  }
}

async function change(changes: readonly Change[]): Promise<void> {
  await org.change(...changes);
  await org.advanceClock(60);
}

function isHourly(moments: readonly Moment[]): boolean {
  return moments.some(({ caughtBy }) => caughtBy === 'the hourly reading');
}

/** Reads earlier changes for the last time: late commits can no longer hide. */
async function settle(): Promise<void> {
  await org.advanceClock(1_200);
  await sync.incremental();
}

async function expectEqual(): Promise<void> {
  await expectIndexEqualsOrg(sync.path, org, USERS.integration);
}

describe('docs/architecture.md says of', () => {
  it.each(LINES.map((line) => [line.change, line.inTheIndex, line] as const))('%s: %s', async (_, _when, line) => {
    await org.change(...put(...(line.before ?? [])));
    await sync.complete();
    // The overlap of the windows must not hide what a wrong one would lose.
    await org.advanceClock(3_600);
    const found = async (moments: readonly Moment[]) =>
      Promise.all(moments.map(async ({ what, who, id, words }) => ({ what, finds: await finds(who, id, words) })));
    const then = (moments: readonly Moment[], isIn: (one: Moment) => boolean) =>
      moments.map((one) => ({ what: one.what, finds: one.finds === isIn(one) }));
    for (const moments of line.rounds) {
      if (isHourly(moments)) await settle();
      expect(await found(moments)).toEqual(then(moments, () => false));
      await change(moments.flatMap(({ changes }) => changes));
      await sync.incremental();
      expect(await found(moments)).toEqual(then(moments, ({ caughtBy }) => caughtBy === undefined));
    }
    const last = line.rounds.at(-1) ?? [];
    if (isHourly(last)) {
      await org.advanceClock(3_000);
      await sync.incremental();
    } else if (last.some(({ caughtBy }) => caughtBy !== undefined)) await sync.complete();
    expect(await found(last)).toEqual(then(last, () => true));
    await expectEqual();
  });

  it(EXPIRY.join(': '), async () => {
    const soon = Date.now() + 3_600_000;
    const ends = new Date(soon).toISOString();
    await org.change(
      ...put([
        'PermissionSetAssignment',
        { Id: sfId('0Pa', 5), AssigneeId: USERS.roleless, PermissionSetId: SETS.admin, ExpirationDate: ends },
      ]),
    );
    await sync.complete();
    expect(await finds('roleless', RECORDS.lead)).toBe(true);
    vi.useFakeTimers({ toFake: ['Date'], now: soon + 1_000 });
    expect(await finds('roleless', RECORDS.lead)).toBe(false);
    await org.advanceClock(3_602);
    await expectEqual();
  });

  it(LABEL.join(': '), async () => {
    const proxy = await describingProxy(org.url);
    const named = (label: string) => {
      proxy.describe = (object, field) =>
        object === 'Case' && field.name === 'Status'
          ? { ...field, picklistValues: [{ value: wordIn('Case.Status'), label, active: true }] }
          : field;
    };
    const labelled = createSyncRunner(proxy.url);
    try {
      named('Escalated');
      await labelled.complete();
      named('Forwarded');
      await org.advanceClock(60);
      await labelled.incremental();
      expect(await labelled.found(USERS.integration, 'escalated')).toEqual([RECORDS.case]);
      expect(await labelled.found(USERS.integration, 'forwarded')).toEqual([]);
      await labelled.complete();
      expect(await labelled.found(USERS.integration, 'escalated')).toEqual([]);
      expect(await labelled.found(USERS.integration, 'forwarded')).toEqual([RECORDS.case]);
      expect(await labelled.found(USERS.integration, wordIn('Case.Status'))).toEqual([RECORDS.case]);
    } finally {
      labelled.close();
      await proxy.close();
    }
  });

  it(SIGHT.join(': '), async () => {
    const viewAll = (held: boolean) =>
      change(put(['PermissionSet', { Id: SETS.admin, PermissionsViewAllData: held, PermissionsViewSetup: true }]));
    await change(
      put(
        ...OBJECT_NAMES.map((SobjectType, at) => {
          const rights = { ParentId: SETS.admin, SobjectType, PermissionsRead: true };
          return ['ObjectPermissions', { Id: sfId('110', 70 + at), ...rights }] as const;
        }),
      ),
    );
    await viewAll(true);
    await sync.complete();
    await viewAll(false);
    await change(put(record('Case', 'case', { Status: 'Escalated' })));
    await sync.incremental();
    expect(await finds('rep', RECORDS.case)).toBe(true);
    expect(await finds('rep', RECORDS.case, 'escalated')).toBe(false);
    expect((await sync.indexState()).stale).toContainEqual(expect.objectContaining({ object: 'Case', hidden: true }));
    await viewAll(true);
    await sync.incremental();
    expect((await sync.run()).kind).toBe('complete');
    expect(await finds('rep', RECORDS.case, 'escalated')).toBe(true);
    expect((await sync.indexState()).stale).toEqual([]);
    await expectEqual();
  });

  it(DEFAULT.join(': '), async () => {
    await sync.complete();
    await change(put(organization({ DefaultCaseAccess: 'Edit' })));
    expect(await finds('roleless', RECORDS.case)).toBe(false);
    await sync.incremental();
    expect(await finds('roleless', RECORDS.case)).toBe(true);
    await expectEqual();

    for (const [access, isOpen] of [
      ['Read', true],
      ['ControlledByParent', false],
    ] as const) {
      expect(await finds('rep', RECORDS.contact)).toBe(true);
      expect(await finds('roleless', RECORDS.contact)).toBe(!isOpen);
      await change(put(organization({ DefaultContactAccess: access })));
      await sync.incremental();
      expect(await finds('rep', RECORDS.contact)).toBe(false);
      expect(await finds('roleless', RECORDS.contact)).toBe(false);
      expect(await finds('integration', RECORDS.contact)).toBe(true);
      expect((await sync.run()).kind).toBe('complete');
      expect(await finds('rep', RECORDS.contact)).toBe(true);
      expect(await finds('roleless', RECORDS.contact)).toBe(isOpen);
      await expectEqual();
    }
  });
});

it('every line of the table in docs/architecture.md is a test here', () => {
  const text = readFileSync(join(packageRoot(), 'docs', 'architecture.md'), 'utf8');
  const [, section = ''] = /\n## What is caught when\n([\s\S]*?)\n## /.exec(text) ?? [];
  const [, , ...rows] = section.split('\n').filter((line) => line.startsWith('|'));
  const table = rows
    .map((line) => line.split('|').map((cell) => cell.trim()))
    .map(([, change, when]) => [change, when]);
  const tested = [
    ...LINES.map(({ change, inTheIndex }) => [change, inTheIndex]),
    [...EXPIRY],
    [...DEFAULT],
    [...SIGHT],
    [...LABEL],
  ];
  expect(tested.toSorted()).toEqual(table.toSorted());
});

it('a document that no principal opens is found only through View All', async () => {
  await org.change(...put(record('Contact', 'looseContact', { OwnerId: null })));
  await sync.complete();
  for (const who of Object.keys(USERS) as UserKey[])
    expect([who, await finds(who, RECORDS.looseContact)]).toEqual([who, who === 'integration']);
});

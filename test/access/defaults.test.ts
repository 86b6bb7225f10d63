import { describe, expect, test } from 'vitest';
import { sharingDefault } from '../../src/access/defaults.ts';
import type { CoverageGap } from '../../src/facts/coverage-gaps.ts';
import type { ObjectName } from '../../src/objects/index.ts';
import { OBJECT_NAMES, OBJECTS } from '../../src/objects/index.ts';
import type { TestOrg } from './org.ts';
import { membershipOf, readers, standardProfile, user } from './org.ts';

test.each([
  ...['Read', 'Edit', 'ReadEdit', 'ReadWrite', 'ReadWriteTransfer', 'ReadEditTransfer', 'All', 'FullAccess'].map(
    (value) => [value, 'open'] as const,
  ),
  ...['None', 'Private', 'ControlledByCampaign', 'ControlledByLeadOrContact', 'read', '', null, undefined].map(
    (value) => [value, 'private'] as const,
  ),
])('takes %s as the default %s', (value, expected) => {
  for (const object of OBJECT_NAMES) expect(sharingDefault(object, value)).toBe(expected);
});

test.each(OBJECT_NAMES)(
  'takes ControlledByParent of %s as controlled for contacts, and as private otherwise',
  (object) => {
    expect(sharingDefault(object, 'ControlledByParent')).toBe(object === 'Contact' ? 'controlled' : 'private');
  },
);

const people = {
  ...standardProfile(),
  User: [user('005in'), user('005out', { UserType: 'PowerPartner' }), user('005odd', { UserType: null })],
} satisfies TestOrg;

const entity = (object: ObjectName, inside: string | null, outside: string | null) => ({
  EntityDefinition: [{ QualifiedApiName: object, InternalSharingModel: inside, ExternalSharingModel: outside }],
});

describe.each(OBJECTS)('$name', ({ name, defaultField }) => {
  const record = name === 'Contact' ? { object: name, accountId: '001a' } : { object: name };
  const organization = (value: string) => ({ Organization: [{ Id: '00D', [defaultField]: value }] });

  test.each<[string, TestOrg, string[]]>([
    ['an open default opens it to internal users only', organization('Read'), ['005in']],
    ['a private default opens it to nobody', organization('None'), []],
    [
      'EntityDefinition takes precedence if it is open',
      { ...organization('None'), ...entity(name, 'Read', 'Private') },
      ['005in'],
    ],
    [
      'EntityDefinition takes precedence if it is private',
      { ...organization('Edit'), ...entity(name, 'Private', 'Private') },
      [],
    ],
    [
      'an open external default opens it to external users',
      { ...organization('None'), ...entity(name, 'ReadWrite', 'Read') },
      ['005in', '005odd', '005out'],
    ],
    [
      'EntityDefinition does not count if only the internal model is given',
      { ...organization('None'), ...entity(name, 'Read', null) },
      [],
    ],
    [
      'the internal model alone denies access if it contradicts Organization',
      { ...organization('Edit'), ...entity(name, 'Private', null) },
      [],
    ],
    [
      'EntityDefinition does not count if only the external model is given',
      { ...organization('None'), ...entity(name, null, 'Read') },
      [],
    ],
    [
      "an unusable EntityDefinition leaves the Organization's default",
      { ...organization('Read'), EntityDefinition: null },
      ['005in'],
    ],
    ['defaults that nothing shows open nothing', { Organization: null, EntityDefinition: null }, []],
  ])('%s', (_, org, expected) => {
    expect(readers({ ...people, ...org }, record)).toEqual(expected);
  });

  test('an open default gives no access without Read on the object', () => {
    const others = OBJECT_NAMES.filter((other) => other !== name);
    expect(readers({ ...people, ...standardProfile(others), ...organization('Edit') }, record)).toEqual([]);
  });
});

test('an open default gives no access to private opportunities, nor to contacts without an account', () => {
  const org = { ...people, Organization: [{ DefaultOpportunityAccess: 'Edit', DefaultContactAccess: 'Edit' }] };
  expect(readers(org, { object: 'Opportunity', isPrivate: true })).toEqual([]);
  expect(readers(org, { object: 'Opportunity', isPrivate: false })).toEqual(['005in']);
  expect(readers(org, { object: 'Contact', accountId: null })).toEqual([]);
});

test("the account's open default gives no access to its cases", () => {
  const org = { ...people, Organization: [{ DefaultAccountAccess: 'Edit', DefaultCaseAccess: 'None' }] };
  const account = { ownerId: '005in', shares: [] };
  expect(readers(org, { object: 'Case', accountId: '001a', account })).toEqual([]);
});

test.each<[string, TestOrg, CoverageGap[]]>([
  ['nothing, if all defaults are shown', { User: [user('005in')] }, []],
  [
    'defaults that nothing shows',
    { User: [user('005in')], Organization: null },
    [
      { code: 'org_default_unknown', objects: OBJECT_NAMES, count: 5 },
      { code: 'contact_default_unknown', count: 1 },
    ],
  ],
  [
    'external users: access through sharing sets, and defaults that are not shown',
    {},
    [
      { code: 'sharing_sets', count: 2 },
      { code: 'external_default_unknown', objects: OBJECT_NAMES, count: 2 },
    ],
  ],
  [
    'external users where only one of Contact’s two defaults is Controlled by Parent',
    {
      EntityDefinition: OBJECT_NAMES.map((QualifiedApiName) => ({
        QualifiedApiName,
        InternalSharingModel: QualifiedApiName === 'Contact' ? 'ControlledByParent' : 'Private',
        ExternalSharingModel: 'Private',
      })),
    },
    [
      { code: 'sharing_sets', count: 2 },
      { code: 'contact_defaults_differ', count: 2 },
    ],
  ],
])('reports as a coverage gap: %s', (_, org, expected) => {
  expect(membershipOf({ ...people, ...org }).gaps).toEqual(expected);
});

import { describe, expect, test } from 'vitest';
import type { CoverageGap } from '../../src/access/coverage-gaps.ts';
import { sharingDefault } from '../../src/access/defaults.ts';
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
])('the default %s is %s', (value, expected) => {
  for (const object of OBJECT_NAMES) expect(sharingDefault(object, value)).toBe(expected);
});

test.each(OBJECT_NAMES)('ControlledByParent of %s is controlled for contacts, and private otherwise', (object) => {
  expect(sharingDefault(object, 'ControlledByParent')).toBe(object === 'Contact' ? 'controlled' : 'private');
});

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
      'EntityDefinition wins where it opens',
      { ...organization('None'), ...entity(name, 'Read', 'Private') },
      ['005in'],
    ],
    ['EntityDefinition wins where it closes', { ...organization('Edit'), ...entity(name, 'Private', 'Private') }, []],
    [
      'an open external default opens it to external users',
      { ...organization('None'), ...entity(name, 'ReadWrite', 'Read') },
      ['005in', '005odd', '005out'],
    ],
    [
      'EntityDefinition does not count with the internal model only',
      { ...organization('None'), ...entity(name, 'Read', null) },
      [],
    ],
    [
      'the internal model only closes where it contradicts',
      { ...organization('Edit'), ...entity(name, 'Private', null) },
      [],
    ],
    [
      'EntityDefinition does not count with the external model only',
      { ...organization('None'), ...entity(name, null, 'Read') },
      [],
    ],
    [
      'EntityDefinition of no use leaves the Organization’s default',
      { ...organization('Read'), EntityDefinition: null },
      ['005in'],
    ],
    ['defaults that nothing shows open nothing', { Organization: null, EntityDefinition: null }, []],
  ])('%s', (_, org, expected) => {
    expect(readers({ ...people, ...org }, record)).toEqual(expected);
  });

  test('an open default is of no use without Read on the object', () => {
    const others = OBJECT_NAMES.filter((other) => other !== name);
    expect(readers({ ...people, ...standardProfile(others), ...organization('Edit') }, record)).toEqual([]);
  });
});

test('an open default does not open private opportunities, nor contacts without an account', () => {
  const org = { ...people, Organization: [{ DefaultOpportunityAccess: 'Edit', DefaultContactAccess: 'Edit' }] };
  expect(readers(org, { object: 'Opportunity', isPrivate: true })).toEqual([]);
  expect(readers(org, { object: 'Opportunity', isPrivate: false })).toEqual(['005in']);
  expect(readers(org, { object: 'Contact', accountId: null })).toEqual([]);
});

test('the account’s open default opens no case of it', () => {
  const org = { ...people, Organization: [{ DefaultAccountAccess: 'Edit', DefaultCaseAccess: 'None' }] };
  const account = { ownerId: '005in', shares: [] };
  expect(readers(org, { object: 'Case', accountId: '001a', account })).toEqual([]);
});

test.each<[string, TestOrg, CoverageGap[]]>([
  ['nothing, where all defaults are shown', { User: [user('005in')] }, []],
  [
    'defaults that nothing shows',
    { User: [user('005in')], Organization: null },
    [
      { code: 'org_default_unknown', objects: OBJECT_NAMES, count: 5 },
      { code: 'contact_default_unknown', count: 1 },
    ],
  ],
  [
    'external users: what sharing sets open, and defaults that are not shown',
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
])('what is closed is reported: %s', (_, org, expected) => {
  expect(membershipOf({ ...people, ...org }).gaps).toEqual(expected);
});

import { describe, expect, it } from 'vitest';
import type { ObjectAccess } from '../../src/access/types.ts';
import { NO_FILTERS } from '../../src/index/model/filters.ts';
import { scopeOf } from '../../src/index/model/scope.ts';
import { decidedFields, fieldLists, type ObjectName, STANDARD_FIELDS } from '../../src/objects/index.ts';
import { member, recordId, userId } from './contract/setup.ts';

const all: ObjectAccess = { reach: 'all', fields: 'all' };
const access = (objects: Partial<Record<ObjectName, ObjectAccess>>, everyField = decidedFields(STANDARD_FIELDS)) => ({
  objects: member(1, [], objects).objects,
  everyField,
});
const scoped = (
  given: ReturnType<typeof access>,
  { indexed = STANDARD_FIELDS, types = undefined as readonly ObjectName[] | undefined, filters = NO_FILTERS } = {},
) => scopeOf(userId(1), given, indexed, types, filters);
/** The objects of each group. */
const groupsOf = ({ scope }: ReturnType<typeof scoped>) =>
  Object.fromEntries(scope.groups.map(({ reach, objects }) => [reach, objects.map(({ name }) => name)]));

describe('the scope of a user', () => {
  it('groups objects by the kind of access, and leaves out what the user does not read', () => {
    const given = access({
      Account: all,
      Case: { reach: 'bare', fields: 'all' },
      Lead: { reach: 'none', fields: 'all' },
    });
    expect(groupsOf(scoped(given))).toEqual({
      all: ['Account'],
      principals: ['Contact', 'Opportunity'],
      bare: ['Case'],
    });
  });

  it('has only the objects that are asked for and indexed', () => {
    const indexed = {
      ...STANDARD_FIELDS,
      fields: fieldLists(({ name, fields }) => (name === 'Case' ? [] : fields)),
    };
    const given = access({ Lead: all });
    expect(groupsOf(scoped(given, { indexed }))).toEqual({
      all: ['Lead'],
      principals: ['Account', 'Contact', 'Opportunity'],
    });
    expect(groupsOf(scoped(given, { indexed, types: ['Case', 'Lead'] }))).toEqual({ all: ['Lead'] });
    expect(groupsOf(scoped(given, { types: [] }))).toEqual({});
  });

  it('has the readable fields in the order of the object, and which of them are titles', () => {
    const given = access({ Case: { reach: 'all', fields: ['Subject', 'CaseNumber', 'OwnerId'] } });
    const visible = scoped(given, { types: ['Case'] });
    const fields = STANDARD_FIELDS.fields.Case.filter((field) => ['Subject', 'CaseNumber'].includes(field));
    expect(visible.scope.groups).toEqual([{ reach: 'all', objects: [{ name: 'Case', fields, titleFields: fields }] }]);
    expect(visible.readable('Case')).toEqual(fields);
    expect([visible.mayRead('Case', 'OwnerId'), visible.mayRead('Case', 'AccountId')]).toEqual([true, false]);
  });

  it('takes `all` fields from what the membership decided on, not from what is indexed', () => {
    const visible = scoped(access({ Lead: all }, { ...decidedFields(STANDARD_FIELDS), Lead: ['Name'] }));
    expect(visible.readable('Lead')).toEqual(['Name']);
    expect(visible.mayRead('Lead', 'OwnerId')).toBe(false);
  });

  it('leaves out objects whose filter field the user may not read, or that have none', () => {
    const given = access({
      Case: { reach: 'all', fields: ['Subject', 'OwnerId'] },
      Contact: { reach: 'all', fields: ['Name', 'AccountId'] },
      Opportunity: all,
    });
    const ofOwner = { ...NO_FILTERS, owner: userId(2) };
    expect(groupsOf(scoped(given, { filters: ofOwner }))).toEqual({
      all: ['Case', 'Opportunity'],
      principals: ['Account', 'Lead'],
    });
    const ofAccount = { ...NO_FILTERS, account: recordId('Account', 1) };
    expect(groupsOf(scoped(given, { filters: ofAccount }))).toEqual({ all: ['Contact', 'Opportunity'] });
  });
});

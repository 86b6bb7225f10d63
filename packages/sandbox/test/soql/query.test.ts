import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Org, Visibility } from '../../src/org/types.ts';
import { ALL, type Files, orgOf } from '../org/folder.ts';

const OLD = '2026-01-01T00:00:00.000Z';
const NEW = '2026-03-01T12:00:00.000Z';

const FILES: Files = {
  'User.csv': [
    'Id,Name,Username,ProfileId,IsActive,ManagerId,UserRoleId',
    '005000000000001AAA,Ada,ada@x.example,00e000000000001AAA,true,,',
    '005000000000002AAA,Bo,bo@x.example,00e000000000002AAA,true,005000000000001AAA,00E000000000001EAA',
    '',
  ].join('\n'),
  'UserRole.csv': 'Id,Name\n00E000000000001EAA,Sales\n',
  'Group.csv': 'Id,Name,Type\n00G000000000001EAA,Support,Queue\n',
  'Account.csv': [
    'Id,Name,Industry,OwnerId,AnnualRevenue,BillingCity,BillingStreet,IsDeleted,SystemModstamp',
    `00100000000000aAAA,Acme,Energy,005000000000002AAA,500.5,Oslo,1 Main St,false,${OLD}`,
    `00100000000000AAAQ,acme,Energy,005000000000001AAA,,,,false,${NEW}`,
    `001000000000003AAA,50% Off_Ltd,,005000000000002AAA,900,Bergen,,false,${NEW}`,
    `001000000000004AAA,Gone,Retail,005000000000002AAA,1,,,true,${NEW}`,
    '',
  ].join('\n'),
  'Contact.csv': [
    'Id,LastName,AccountId,CreatedDate',
    '003000000000001AAA,Berg,00100000000000aAAA,2026-03-10T23:30:00Z',
    '003000000000002AAA,Dahl,00100000000000aAAA,2026-03-09T10:00:00Z',
    '003000000000003AAA,Lund,,2026-02-28T10:00:00Z',
    '',
  ].join('\n'),
  'Case.csv': [
    'Id,Subject,OwnerId,IsClosed',
    '500000000000001AAA,Leak,00G000000000001EAA,true',
    '500000000000002AAA,Noise,005000000000002AAA,',
    '',
  ].join('\n'),
  'Opportunity.csv': [
    'Id,Name,Amount,StageName,CloseDate,AccountId',
    '006000000000001AAA,One,10,Won,2026-03-01,00100000000000aAAA',
    '006000000000002AAA,Two,20,Won,2026-03-15,00100000000000aAAA',
    '006000000000003AAA,Three,5,Lost,2026-04-01,001000000000003AAA',
    '',
  ].join('\n'),
};

let org: Org;
beforeAll(async () => {
  org = await orgOf(FILES);
  // Set the org's clock to the tests' today, in March 2026.
  org.advanceClock((Date.UTC(2026, 2, 11, 6) - Date.now()) / 1000);
});
afterAll(() => org.close());

function found(soql: string, visibility: Visibility = ALL): Record<string, unknown>[] {
  const result = org.query(soql, { all: false, visibility });
  return result.page(0, result.totalSize) as Record<string, unknown>[];
}

/** Returns the names (or subjects) of the rows that a condition on an object finds, ordered by Id. */
function names(object: string, condition: string, visibility: Visibility = ALL): unknown[] {
  const title = object === 'Case' ? 'Subject' : object === 'Contact' ? 'LastName' : 'Name';
  const where = condition === '' ? '' : ` WHERE ${condition}`;
  return found(`SELECT ${title} FROM ${object}${where} ORDER BY Id`, visibility).map((record) => record[title]);
}

test.each([
  ['text is compared case-insensitively', 'Account', "Name = 'ACME'", ['acme', 'Acme']],
  ['ids are compared case-sensitively', 'Account', "Id = '00100000000000A'", ['acme']],
  ['ids of 15 and 18 characters are the same', 'Account', "Id = '00100000000000aAAA'", ['Acme']],
  [
    'ids of both forms in a list',
    'Account',
    "Id IN ('00100000000000a', '001000000000003AAA')",
    ['50% Off_Ltd', 'Acme'],
  ],
  ['ids are in ASCII order, capitals first', 'Account', "Id >= '00100000000000A'", ['acme', 'Acme']],
  ['LIKE with a wildcard', 'Account', "Name LIKE 'ac%'", ['acme', 'Acme']],
  ['LIKE with a literal percent sign', 'Account', String.raw`Name LIKE '%0\%%'`, ['50% Off_Ltd']],
  ['LIKE with a literal underscore', 'Account', String.raw`Name LIKE '%f\_L%'`, ['50% Off_Ltd']],
  ['… which is not a wildcard then', 'Account', String.raw`Name LIKE '%0\_%'`, []],
  ['LIKE with a wildcard for one letter', 'Account', "Name LIKE 'Acm_'", ['acme', 'Acme']],
  ['null', 'Account', 'Industry = null', ['50% Off_Ltd']],
  ['an empty string is null', 'Account', "Industry = ''", ['50% Off_Ltd']],
  ['not null', 'Account', 'Industry != null', ['acme', 'Acme']],
  ['not equal includes null', 'Account', "Industry != 'Energy'", ['50% Off_Ltd']],
  ['not in a list includes null', 'Account', "Industry NOT IN ('Energy')", ['50% Off_Ltd']],
  ['a list with null', 'Account', "Industry IN ('Retail', null)", ['50% Off_Ltd']],
  ['NOT finds every row that the condition does not', 'Account', "NOT Industry = 'Energy'", ['50% Off_Ltd']],
  ['numbers', 'Account', 'AnnualRevenue > 500.4 AND AnnualRevenue < 900', ['Acme']],
  ['OR', 'Account', "Name = 'acme' AND (AnnualRevenue = null OR AnnualRevenue > 600)", ['acme']],
  ['a parent field', 'Account', "Owner.Name = 'bo'", ['50% Off_Ltd', 'Acme']],
  ['a parent of a parent', 'Account', "Owner.Manager.Name = 'Ada'", ['50% Off_Ltd', 'Acme']],
  ['a missing parent is null', 'Contact', 'Account.Name = null', ['Lund']],
  ['a lookup to one of two objects', 'Case', "Owner.Name = 'Support'", ['Leak']],
  ['… by the type of its target', 'Case', "Owner.Type = 'Queue'", ['Leak']],
  ['… and by the other type', 'Case', "Owner.Type = 'User'", ['Noise']],
  ['a missing flag is false', 'Case', 'IsClosed = false', ['Noise']],
  ['a flag', 'Case', 'IsClosed = true', ['Leak']],
  ['IsActive of users', 'User', 'IsActive = true', ['Ada', 'Bo']],
  ['a semi-join', 'Account', 'Id IN (SELECT AccountId FROM Opportunity WHERE Amount > 8)', ['Acme']],
  ['an anti-join', 'Account', 'Id NOT IN (SELECT AccountId FROM Contact)', ['50% Off_Ltd', 'acme']],
  [
    'a semi-join ignores deleted rows',
    'Contact',
    "AccountId IN (SELECT Id FROM Account WHERE Industry = 'Retail')",
    [],
  ],
  ['datetimes', 'Account', `SystemModstamp > ${OLD}`, ['50% Off_Ltd', 'acme']],
  ['datetimes with an offset', 'Account', 'SystemModstamp = 2026-03-01T17:30:00+05:30', ['50% Off_Ltd', 'acme']],
  ['datetimes ignore milliseconds', 'Account', 'SystemModstamp = 2026-01-01T00:00:00.999Z', ['Acme']],
  ['… in both directions', 'Account', 'SystemModstamp > 2026-03-01T12:00:00.001Z', []],
  ['dates', 'Opportunity', 'CloseDate >= 2026-03-15', ['Two', 'Three']],
  ['today', 'Contact', 'CreatedDate = TODAY', []],
  ['yesterday', 'Contact', 'CreatedDate = YESTERDAY', ['Berg']],
  ['not yesterday', 'Contact', 'CreatedDate != YESTERDAY', ['Dahl', 'Lund']],
  ['after a period', 'Contact', 'CreatedDate > LAST_MONTH', ['Berg', 'Dahl']],
  ['from a period on', 'Contact', 'CreatedDate >= LAST_MONTH', ['Berg', 'Dahl', 'Lund']],
  ['before a period', 'Contact', 'CreatedDate < YESTERDAY', ['Dahl', 'Lund']],
  ['up to a period', 'Contact', 'CreatedDate <= LAST_MONTH', ['Lund']],
  ['the last days, including today', 'Contact', 'CreatedDate = LAST_N_DAYS:2', ['Berg', 'Dahl']],
  ['a date in this month', 'Opportunity', 'CloseDate = THIS_MONTH', ['One', 'Two']],
  ['a date in one of two periods', 'Opportunity', 'CloseDate IN (THIS_MONTH, NEXT_MONTH)', ['One', 'Two', 'Three']],
  ['a week begins on Sunday', 'Contact', 'CreatedDate = THIS_WEEK', ['Berg', 'Dahl']],
  ['deleted rows are left out', 'Account', '', ['50% Off_Ltd', 'acme', 'Acme']],
])('WHERE: %s', (_name, object, condition, expected) => {
  expect(names(object, condition)).toEqual(expected);
});

test.each([
  ['nulls first', 'ORDER BY AnnualRevenue', [null, 500.5, 900]],
  ['nulls first in the other direction too', 'ORDER BY AnnualRevenue DESC', [null, 900, 500.5]],
  ['nulls last on request', 'ORDER BY AnnualRevenue DESC NULLS LAST', [900, 500.5, null]],
  ['by two fields', 'ORDER BY Industry DESC NULLS LAST, AnnualRevenue ASC NULLS LAST', [500.5, null, 900]],
  ['by a parent field', 'ORDER BY Owner.Name, AnnualRevenue', [null, 500.5, 900]],
  ['a limit', 'ORDER BY AnnualRevenue LIMIT 2', [null, 500.5]],
  ['an offset', 'ORDER BY AnnualRevenue LIMIT 2 OFFSET 2', [900]],
])('ORDER BY: %s', (_name, clauses, expected) => {
  expect(found(`SELECT AnnualRevenue FROM Account ${clauses}`).map((record) => record.AnnualRevenue)).toEqual(expected);
});

test('a record has attributes, and fields in the query’s order and the schema’s spelling', () => {
  const [record] = found(
    "SELECT systemmodstamp, ID, ownerid, owner.userrole.name FROM account WHERE Id = '00100000000000a'",
  );
  expect(record).toEqual({
    attributes: { type: 'Account', url: '/services/data/v67.0/sobjects/Account/00100000000000aAAA' },
    SystemModstamp: '2026-01-01T00:00:00.000+0000',
    Id: '00100000000000aAAA',
    OwnerId: '005000000000002AAA',
    Owner: {
      attributes: { type: 'User', url: '/services/data/v67.0/sobjects/User/005000000000002AAA' },
      UserRole: {
        attributes: { type: 'UserRole', url: '/services/data/v67.0/sobjects/UserRole/00E000000000001EAA' },
        Name: 'Sales',
      },
    },
  });
  expect(Object.keys(record ?? {})).toEqual(['attributes', 'SystemModstamp', 'Id', 'OwnerId', 'Owner']);
});

test('a missing parent is null, also along a path', () => {
  expect(found('SELECT Account.Owner.Name FROM Contact WHERE AccountId = null')).toMatchObject([{ Account: null }]);
  expect(found("SELECT Owner.UserRole.Name FROM Account WHERE Id = '00100000000000A'")).toMatchObject([
    { Owner: { UserRole: null } },
  ]);
});

test('an owner that can be a user or a queue has the type Name', () => {
  expect(found('SELECT Owner.Name, Owner.Type FROM Case ORDER BY Id')).toMatchObject([
    {
      Owner: {
        attributes: { type: 'Name', url: '/services/data/v67.0/sobjects/Group/00G000000000001EAA' },
        Name: 'Support',
        Type: 'Queue',
      },
    },
    { Owner: { Name: 'Bo', Type: 'User' } },
  ]);
});

test('a compound address is an object of its parts, or null', () => {
  const records = found('SELECT BillingAddress FROM Account ORDER BY Id');
  expect(records.map((record) => record.BillingAddress)).toMatchObject([
    { city: 'Bergen' },
    null,
    { street: '1 Main St' },
  ]);
});

test('a subquery returns the children of each parent, or null if there are none', () => {
  const records = found(
    'SELECT Name, (SELECT LastName FROM Contacts ORDER BY LastName DESC) FROM Account ORDER BY Id DESC',
  );
  expect(records[0]?.Contacts).toMatchObject({
    totalSize: 2,
    done: true,
    records: [{ LastName: 'Dahl' }, { LastName: 'Berg' }],
  });
  expect(records[1]?.Contacts).toBeNull();
});

test('COUNT() is a size without records', () => {
  const result = org.query('SELECT COUNT() FROM Account', { all: false, visibility: ALL });
  expect(result.totalSize).toBe(3);
  expect(result.page(0, 10)).toEqual([]);
  expect(org.query('SELECT COUNT() FROM Account', { all: true, visibility: ALL }).totalSize).toBe(4);
});

test('aggregates are expr0, expr1 … unless they have an alias', () => {
  expect(
    found('SELECT COUNT(Id), MAX(SystemModstamp), COUNT(Industry) filled, AVG(AnnualRevenue) FROM Account'),
  ).toEqual([
    {
      attributes: { type: 'AggregateResult' },
      expr0: 3,
      expr1: '2026-03-01T12:00:00.000+0000',
      filled: 2,
      expr2: 700.25,
    },
  ]);
});

test('an aggregate over nothing is one row', () => {
  expect(found('SELECT COUNT(Id), MAX(SystemModstamp) FROM Lead')).toMatchObject([{ expr0: 0, expr1: null }]);
});

test('groups have their fields by name, and can be filtered and sorted', () => {
  const soql = 'SELECT StageName, SUM(Amount) total, COUNT_DISTINCT(AccountId) FROM Opportunity GROUP BY StageName';
  expect(found(`${soql} ORDER BY SUM(Amount) DESC`)).toMatchObject([
    { StageName: 'Won', total: 30, expr0: 1 },
    { StageName: 'Lost', total: 5, expr0: 1 },
  ]);
  expect(found(`${soql} HAVING SUM(Amount) < 10`)).toMatchObject([{ StageName: 'Lost' }]);
});

test('groups by a parent field', () => {
  expect(found('SELECT Owner.Name, COUNT(Id) n FROM Account GROUP BY Owner.Name ORDER BY Owner.Name')).toMatchObject([
    { Name: 'Ada', n: 1 },
    { Name: 'Bo', n: 2 },
  ]);
});

test('the columns of a result are the selected ones', () => {
  const columns = (soql: string) => org.query(soql, { all: false, visibility: ALL }).columns;
  expect(columns('SELECT name, owner.name FROM Account')).toEqual(['Name', 'Owner.Name']);
  expect(columns('SELECT StageName, COUNT(Id) FROM Opportunity GROUP BY StageName')).toEqual(['StageName', 'expr0']);
});

test('a user sees only their own rows: listed, counted, grouped, joined and paged', () => {
  const own: Visibility = {
    ...ALL,
    everyRow: (object) => object !== 'Account',
    row: (_object, row) => row.OwnerId === '005000000000002AAA',
  };
  expect(names('Account', '', own)).toEqual(['50% Off_Ltd', 'Acme']);
  expect(names('Account', '')).toHaveLength(3);
  expect(org.query('SELECT COUNT() FROM Account', { all: false, visibility: own }).totalSize).toBe(2);
  expect(found('SELECT Industry, COUNT(Id) n FROM Account GROUP BY Industry ORDER BY Industry', own)).toMatchObject([
    { Industry: null, n: 1 },
    { Industry: 'Energy', n: 1 },
  ]);
  expect(names('User', 'Id IN (SELECT OwnerId FROM Account)', own)).toEqual(['Bo']);
  expect(names('User', 'Id IN (SELECT OwnerId FROM Account)')).toEqual(['Ada', 'Bo']);
  expect(found('SELECT Name FROM Account ORDER BY Id LIMIT 1 OFFSET 1', own)).toMatchObject([{ Name: 'Acme' }]);
});

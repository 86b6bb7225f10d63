import type { Files } from '../org/folder.ts';

const lines = (...rows: string[]): string => `${rows.join('\n')}\n`;

/** The time of the queries, a Wednesday. It decides what YESTERDAY and LAST_N_MONTHS:3 mean. */
export const TODAY = Date.UTC(2026, 2, 11, 6);

/** The org for the clients' queries. Acme, Bergen Ltd and O'Brien exist; Gone is deleted. */
export const FORMS_ORG: Files = {
  'Organization.csv': 'Id,Name,IsSandbox\n00D000000000001EAA,Forms,false\n',
  'User.csv': lines(
    'Id,Name,Username,ProfileId,IsActive',
    '005000000000001AAA,Ada,ada@x.example,00e000000000001AAA,true',
    '005000000000002AAA,Bo,bo@x.example,00e000000000002AAA,true',
  ),
  'Profile.csv': lines(
    'Id,Name,CreatedDate',
    '00e000000000001AAA,Admin,2026-01-05T00:00:00Z',
    '00e000000000002AAA,Old,2024-01-05T00:00:00Z',
  ),
  'Group.csv': 'Id,Name,Type\n00G000000000001EAA,Support,Queue\n',
  'Account.csv': lines(
    'Id,Name,Industry,OwnerId,AnnualRevenue,NumberOfEmployees,BillingCity,Topics__c,Opens__c,IsDeleted,CreatedDate,LastModifiedDate,SystemModstamp',
    '001000000000001AAA,Acme,Energy,005000000000002AAA,500.5,12,Oslo,A;B,12:00:00.000Z,false,2026-01-15T10:00:00Z,2026-01-20T00:00:00Z,2026-01-20T00:00:00Z',
    '001000000000002AAA,Bergen Ltd,Retail,005000000000001AAA,10,1,,B;C;D,,false,2026-03-10T08:00:00Z,2026-03-10T08:00:00Z,2026-02-10T00:00:00Z',
    "001000000000003AAA,O'Brien,,005000000000002AAA,,,,,,false,2025-06-01T00:00:00Z,2026-01-30T23:59:59Z,2026-03-11T05:00:00Z",
    '001000000000004AAA,Gone,Retail,005000000000002AAA,1,2,,,,true,2026-01-02T00:00:00Z,2026-01-25T00:00:00Z,2026-01-25T00:00:00Z',
  ),
  'AccountShare.csv': lines(
    'Id,AccountId,UserOrGroupId,AccountAccessLevel,RowCause,LastModifiedDate',
    '00r000000000001AAA,001000000000001AAA,005000000000002AAA,All,Owner,2026-01-20T00:00:00Z',
    '00r000000000002AAA,001000000000002AAA,005000000000001AAA,All,Owner,2025-12-31T23:59:59Z',
  ),
  'Contact.csv': lines(
    'Id,FirstName,LastName,Name,Email,AccountId',
    '003000000000001AAA,Anna,Adler,Anna Adler,anna@x.example,001000000000001AAA',
    "003000000000002AAA,,O'Neil,50%_'x y,,001000000000001AAA",
    '003000000000003AAA,Jo,Jones,Jo Jones,,',
    '003000000000004AAA,Ann,Amundsen,Ann Amundsen,,001000000000001AAA',
    String.raw`003000000000005AAA,,"a\b'c""d${'\n'}e${'\r'}f${'\t'}g${'\b'}h${'\f'}i",Escapes,,`,
  ),
  'Case.csv': 'Id,Subject,AccountId\n500000000000001AAA,Leak,001000000000002AAA\n',
  'Opportunity.csv': lines(
    'Id,Name,CloseDate,StageName,AccountId',
    '006000000000001AAA,One,2026-03-01,Won,001000000000001AAA',
    '006000000000002AAA,Two,2026-02-15,Won,001000000000002AAA',
  ),
  'ContentDocumentLink.csv': lines(
    'Id,ContentDocumentId,SystemModstamp',
    '06A000000000001EAA,069000000000001AAA,2026-01-20T00:00:00Z',
    '06A000000000002EAA,069000000000003AAA,2026-01-20T00:00:00Z',
  ),
};

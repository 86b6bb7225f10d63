import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Org } from '../../src/org/types.ts';
import { orgOf } from './folder.ts';

let org: Org;
beforeAll(async () => {
  org = await orgOf({
    'FieldPermissions.csv': 'Id\n',
    'Account.csv': 'Id,IsPersonAccount,PersonContactId,Free__c,Needed__c\n',
    'Contact.csv': 'Id,IsPersonAccount\n',
    'org.json': { fields: { Account: { Needed__c: { required: true } } } },
  });
});
afterAll(() => org.close());

/** Fields that nobody can hide, and similar ones that can be hidden, as in describes of real orgs. */
test.each([
  ['Account', 'Id Name OwnerId IsDeleted MasterRecordId LastActivityDate IsPersonAccount PersonContactId Needed__c'],
  [
    'Contact',
    'Name FirstName LastName Salutation OwnerId EmailBouncedReason EmailBouncedDate IsEmailBounced IsPersonAccount',
  ],
  ['Case', 'CaseNumber Status IsClosed OwnerId ContactPhone ContactMobile ContactEmail ContactFax SystemModstamp'],
  [
    'Opportunity',
    'Name StageName CloseDate IsClosed IsWon ForecastCategory ForecastCategoryName HasOpportunityLineItem Pricebook2Id Fiscal FiscalYear FiscalQuarter ContactId',
  ],
  ['Lead', 'Name LastName FirstName Company Status IsConverted ConvertedDate ConvertedAccountId IsUnreadByOwner'],
])('nobody can hide these fields of %s', (object, names) => {
  expect(names.split(' ').filter(isPermissionable(object))).toEqual([]);
});

test.each([
  ['Account', 'Type Industry Phone ParentId Description BillingAddress BillingCity AnnualRevenue SicDesc Free__c'],
  ['Contact', 'AccountId Email Phone Title ReportsToId MailingAddress MailingStreet Birthdate LeadSource'],
  [
    'Case',
    'Subject Description Priority Origin Type Reason AccountId ContactId ParentId ClosedDate IsEscalated SuppliedEmail',
  ],
  [
    'Opportunity',
    'AccountId Amount Probability Type NextStep LeadSource IsPrivate CampaignId ExpectedRevenue Description',
  ],
  ['Lead', 'Title Email Phone Address Street Industry Rating LeadSource AnnualRevenue Description'],
])('these fields of %s can be hidden', (object, names) => {
  expect(names.split(' ').filter((name) => !isPermissionable(object)(name))).toEqual([]);
});

function isPermissionable(object: string): (name: string) => boolean {
  const fields = org.objects().find(({ name }) => name === object)?.fields ?? [];
  return (name) => {
    const field = fields.find((candidate) => candidate.name === name);
    if (field === undefined) throw new Error(`${object} has no field ${name}.`);
    return field.permissionable;
  };
}

import type { Row } from '../../org/types.ts';
import type { Edit } from './edit.ts';
import { putRow } from './put.ts';
import { ChangeError } from './request.ts';

/** Converts a lead to an account, a contact and, on request, an opportunity. The lead stays, with IsConverted. */
export function convertLead(edit: Edit, id: string, withOpportunity: boolean): void {
  const lead = edit.row('Lead', id);
  if (lead.IsDeleted === true || lead.IsConverted === true)
    throw new ChangeError(`Lead ${id} is ${lead.IsDeleted === true ? 'deleted' : 'already converted'}.`);
  const ownerId =
    typeof lead.OwnerId === 'string' && edit.find('User', lead.OwnerId) !== null
      ? lead.OwnerId
      : edit.org.settings.runAs;
  const create = (object: string, row: Row): string => {
    const created = edit.newId(object);
    putRow(edit, object, { ...row, Id: created, OwnerId: ownerId });
    return created;
  };
  const company = lead.Company ?? lead.Name ?? null;
  const accountId = create('Account', { Name: company });
  const contactId = create('Contact', {
    FirstName: lead.FirstName ?? null,
    LastName: lead.LastName ?? null,
    Name: lead.Name ?? null,
    Email: lead.Email ?? null,
    AccountId: accountId,
  });
  const opportunityId = withOpportunity ? create('Opportunity', { Name: company, AccountId: accountId }) : null;
  edit.put(
    'Lead',
    { Id: String(lead.Id), IsConverted: true },
    {
      ConvertedAccountId: accountId,
      ConvertedContactId: contactId,
      ConvertedOpportunityId: opportunityId,
      ConvertedDate: edit.org.now().toISOString().slice(0, 10),
    },
  );
}

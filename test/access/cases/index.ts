import { assignments } from './assignments.ts';
import type { Case } from './case.ts';
import { compliantDataSharing } from './compliant-data-sharing.ts';
import { compoundFields } from './compound-fields.ts';
import { contactsWithoutAccount } from './contacts-without-account.ts';
import { controlledContacts } from './controlled-contacts.ts';
import { defaults } from './defaults.ts';
import { externalUsers } from './external-users.ts';
import { fieldPermissions } from './field-permissions.ts';
import { goneRecords } from './gone-records.ts';
import { implicitParent } from './implicit-parent.ts';
import { managerGroups } from './manager-groups.ts';
import { noShareTable } from './no-share-table.ts';
import { objectRead } from './object-read.ts';
import { organizationGroup } from './organization-group.ts';
import { ownSharingContacts } from './own-sharing-contacts.ts';
import { owners } from './owners.ts';
import { permissionSetGroups } from './permission-set-groups.ts';
import { personAccounts } from './person-accounts.ts';
import { privateOpportunities } from './private-opportunities.ts';
import { queues } from './queues.ts';
import { regularGroups } from './regular-groups.ts';
import { roleGroups } from './role-groups.ts';
import { shareRows } from './share-rows.ts';
import { teams } from './teams.ts';
import { territoryGroups } from './territories.ts';
import { throughAccount } from './through-account.ts';
import { unknownGrantees } from './unknown-grantees.ts';
import { viewAll } from './view-all.ts';
import { viewAllFields } from './view-all-fields.ts';

/** Every case about reading records, rule by rule. All use the small org. */
export const RECORD_CASES: readonly Case[] = [
  ...objectRead,
  ...viewAll,
  ...assignments,
  ...permissionSetGroups,
  ...defaults,
  ...externalUsers,
  ...owners,
  ...shareRows,
  ...compliantDataSharing,
  ...unknownGrantees,
  ...regularGroups,
  ...queues,
  ...roleGroups,
  ...organizationGroup,
  ...managerGroups,
  ...territoryGroups,
  ...throughAccount,
  ...teams,
  ...implicitParent,
  ...privateOpportunities,
  ...controlledContacts,
  ...contactsWithoutAccount,
  ...ownSharingContacts,
  ...personAccounts,
  ...noShareTable,
  ...goneRecords,
];

/** Every case about reading fields. All use the field org. */
export const FIELD_CASES: readonly Case[] = [...fieldPermissions, ...compoundFields, ...viewAllFields];

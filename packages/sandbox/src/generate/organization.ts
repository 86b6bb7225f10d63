import { idOf } from './ids.ts';
import type { OrgFiles } from './org-files.ts';
import { COMPANY } from './staff.ts';
import { SET_UP } from './stamps.ts';

/** Org-wide defaults, as `EntityDefinition` and `Organization` name them. */
const DEFAULTS = [
  { object: 'Account', prefix: '001', internal: 'Private', external: 'Private', organization: 'None' },
  {
    object: 'Contact',
    prefix: '003',
    internal: 'ControlledByParent',
    external: 'ControlledByParent',
    organization: 'ControlledByParent',
  },
  { object: 'Case', prefix: '500', internal: 'Private', external: 'Private', organization: 'None' },
  { object: 'Opportunity', prefix: '006', internal: 'Private', external: 'Private', organization: 'None' },
  { object: 'Lead', prefix: '00Q', internal: 'ReadWrite', external: 'Private', organization: 'ReadEdit' },
] as const;

/**
 * Writes the org-wide defaults: private accounts, cases and opportunities; contacts controlled by parent; leads open to
 * all internal users.
 */
export function writeOrganization(files: OrgFiles, seed: number): void {
  files.add('Organization', {
    // Each seed is a separate org: an index recognizes its org by this id.
    Id: idOf('00D', seed),
    Name: COMPANY.name,
    IsSandbox: false,
    InstanceName: 'AL1',
    OrganizationType: 'Enterprise Edition',
    TimeZoneSidKey: 'UTC',
    ...Object.fromEntries(DEFAULTS.map(({ object, organization }) => [`Default${object}Access`, organization])),
    SystemModstamp: SET_UP,
  });
  for (const { object, prefix, internal, external } of DEFAULTS)
    files.add('EntityDefinition', {
      DurableId: object,
      QualifiedApiName: object,
      Label: object,
      KeyPrefix: prefix,
      InternalSharingModel: internal,
      ExternalSharingModel: external,
    });
}

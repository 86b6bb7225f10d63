import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const STAMP = '2026-01-01T00:00:00.000Z';
const ADMIN = '005000000000001AAA';
const SELLER = '005000000000002AAA';

const ORGANIZATION = '00D000000000001EAA';
export const OTHER_ORGANIZATION = '00D000000000002EAA';

/**
 * Private accounts: `admin@small.example` reads all 3 through View All, `seller@small.example` the one that they own.
 */
export async function writeSmallOrg(folder: string, organization = ORGANIZATION): Promise<void> {
  const tables: Record<string, string[]> = {
    Organization: [
      'Id,Name,DefaultAccountAccess,DefaultContactAccess,DefaultCaseAccess,DefaultOpportunityAccess,DefaultLeadAccess',
      `${organization},Small,None,ControlledByParent,None,None,None`,
    ],
    Profile: ['Id,Name', '00e000000000001AAA,Administrator', '00e000000000002AAA,Standard'],
    User: [
      'Id,Name,Username,Email,IsActive,UserType,ProfileId,SystemModstamp',
      `${ADMIN},Ada,admin@small.example,ada@small.example,true,Standard,00e000000000001AAA,${STAMP}`,
      `${SELLER},Sam,seller@small.example,sam@small.example,true,Standard,00e000000000002AAA,${STAMP}`,
    ],
    PermissionSet: [
      'Id,Name,IsOwnedByProfile,ProfileId,Type,PermissionsViewAllData,PermissionsModifyAllData',
      '0PS000000000001GAA,Admin,true,00e000000000001AAA,Profile,true,true',
      '0PS000000000002GAA,Standard,true,00e000000000002AAA,Profile,false,false',
    ],
    PermissionSetAssignment: [
      'Id,AssigneeId,PermissionSetId',
      `0Pa000000000001CAA,${ADMIN},0PS000000000001GAA`,
      `0Pa000000000002CAA,${SELLER},0PS000000000002GAA`,
    ],
    ObjectPermissions: [
      'Id,ParentId,SobjectType,PermissionsRead,PermissionsViewAllRecords,PermissionsModifyAllRecords',
      '110000000000001AAA,0PS000000000001GAA,Account,true,true,true',
      '110000000000002AAA,0PS000000000002GAA,Account,true,false,false',
    ],
    Account: [
      'Id,Name,IsDeleted,CreatedDate,LastModifiedDate,SystemModstamp,OwnerId',
      ...[`Harbor Bakery,${SELLER}`, `Harbor Mill,${ADMIN}`, `Harbor Ferry,${ADMIN}`].map((row, i) => {
        const [name, owner] = row.split(',');
        return `001000000000${String(i + 1).padStart(3, '0')}AAA,${name},false,${STAMP},${STAMP},${STAMP},${owner}`;
      }),
    ],
    AccountShare: [
      'Id,AccountId,UserOrGroupId,AccountAccessLevel,RowCause,LastModifiedDate,IsDeleted',
      ...[SELLER, ADMIN, ADMIN].map(
        (owner, i) =>
          `00r000000000${String(i + 1).padStart(3, '0')}AAA,001000000000${String(i + 1).padStart(3, '0')}AAA,${owner},All,Owner,${STAMP},false`,
      ),
    ],
  };
  await mkdir(folder, { recursive: true });
  for (const [name, lines] of Object.entries(tables))
    await writeFile(join(folder, `${name}.csv`), `${lines.join('\n')}\n`);
  await writeFile(join(folder, 'org.json'), JSON.stringify({ run_as: ADMIN }));
}

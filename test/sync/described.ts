import { OBJECTS } from '../../src/objects/index.ts';
import { type Selection, selectFields } from '../../src/sync/selection.ts';

/** What is read of an org that shows every usual field. */
export function usualSelection(): Selection {
  const described = (name: string, fields: readonly string[]) => {
    const all = fields.map((field) => ({ name: field, type: 'string', permissionable: true, compoundFieldName: null }));
    return [name, { name, fields: all }] as const;
  };
  return selectFields(
    new Map(
      OBJECTS.flatMap(({ name, fields, accessFields, share }) => [
        described(name, ['Id', 'CreatedDate', ...fields, ...accessFields]),
        described(share.object, ['Id', share.parentField, 'UserOrGroupId', share.levelField, 'RowCause']),
      ]),
    ),
  );
}

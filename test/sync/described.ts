import { OBJECTS } from '../../src/objects/index.ts';
import { type ResolvedSchema, resolveFields } from '../../src/sync/resolved-schema.ts';
import { wishes } from './wishes.ts';

/** What is read of an org that shows every default field. */
export function defaultSchema(): ResolvedSchema {
  const described = (name: string, fields: readonly string[]) => {
    const all = fields.map((field) => ({ name: field, type: 'string', permissionable: true, compoundFieldName: null }));
    return [name, { name, fields: all }] as const;
  };
  return resolveFields(
    new Map(
      OBJECTS.flatMap(({ name, fields, accessFields, share }) => [
        described(name, ['Id', 'CreatedDate', ...fields, ...accessFields]),
        described(share.object, ['Id', share.parentField, 'UserOrGroupId', share.levelField, 'RowCause']),
      ]),
    ),
    wishes(),
  );
}

import { quoted } from '../org/table.ts';
import type { OrgTables } from '../org/tables.ts';
import type { FieldSchema } from '../org/types.ts';
import type { Target } from './scope.ts';

/**
 * What queries answer for a field, as SQL: its column; but FieldPermissions say that a field is read where the permission
 * set has View All Fields on the object, whatever the row holds.
 */
export function valueSql({ schema, alias }: Target, field: FieldSchema, tables: OrgTables): string {
  const column = `${alias}.${quoted(field.name)}`;
  const isFieldRead = schema.name === 'FieldPermissions' && field.name === 'PermissionsRead';
  if (!isFieldRead || tables.find('ObjectPermissions') === undefined) return column;
  return `(${column} OR EXISTS (
    SELECT 1 FROM "ObjectPermissions" v
    WHERE v."ParentId" = ${alias}."ParentId" AND v."SobjectType" = ${alias}."SobjectType" AND v."PermissionsViewAllFields" = 1
  ))`;
}

import type { SharingDefault } from '../facts/coverage-gaps.ts';
import type { ObjectName } from '../objects/index.ts';
import { OBJECT_NAMES, OBJECTS } from '../objects/index.ts';
import type { GapList } from './gap-list.ts';
import type { EntityDefinitionRow, OrganizationRow, OrgTables } from './tables.ts';
import type { ContactSharing } from './types.ts';

/** Whether a user is internal (`User.UserType = 'Standard'`) or external (site, portal, guest and any other type). */
export type UserKind = 'internal' | 'external';

export interface OrgDefaults {
  readonly internal: Readonly<Record<ObjectName, SharingDefault>>;
  readonly external: Readonly<Record<ObjectName, SharingDefault>>;
  /** The contact sharing that Contact's default requires; null if no default could be read. */
  readonly contacts: ContactSharing | null;
  /** Objects whose external default could not be read. */
  readonly externalUnknown: readonly ObjectName[];
}

const OPEN: ReadonlySet<string> = new Set(['Read', 'Edit', 'ReadWrite', 'ReadWriteTransfer', 'All', 'FullAccess']);

/**
 * Reads the value of an org-wide default, either from `Organization.Default…Access` (None, Read, Edit,
 * ReadEditTransfer, All…) or from `EntityDefinition.…SharingModel` (Private, Read, ReadWrite, ReadWriteTransfer,
 * FullAccess…). ControlledByParent applies to Contact only. Unknown values count as private.
 */
export function sharingDefault(object: ObjectName, value: string | null | undefined): SharingDefault {
  if (value === null || value === undefined) return 'private';
  if (value === 'ControlledByParent') return object === 'Contact' ? 'controlled' : 'private';
  return OPEN.has(value) || /^ReadEdit/.test(value) ? 'open' : 'private';
}

/**
 * Returns the org-wide defaults of every indexed object. EntityDefinition takes precedence where both of its models are
 * readable. If only its internal model is readable, it can only make the default private. Without both models, an
 * external default follows an internal ControlledByParent and is private otherwise.
 */
export function orgDefaults(tables: OrgTables, gaps: GapList): OrgDefaults {
  const organization = tables.Organization.rows?.[0];
  const entities = new Map((tables.EntityDefinition.rows ?? []).map((row) => [row.QualifiedApiName, row]));
  const internal = new Map<ObjectName, SharingDefault>();
  const external = new Map<ObjectName, SharingDefault>();
  const unknown: ObjectName[] = [];
  const externalUnknown: ObjectName[] = [];
  for (const { name, defaultField } of OBJECTS) {
    const models = bothModels(entities.get(name));
    if (models === null) externalUnknown.push(name);
    if (models === null && organization === undefined) unknown.push(name);
    const stored = sharingDefault(name, organization?.[defaultField as keyof OrganizationRow]);
    const lone = entities.get(name)?.InternalSharingModel;
    const contradicts = models === null && !!lone && sharingDefault(name, lone) !== stored;
    const inside = models !== null ? sharingDefault(name, models.internal) : contradicts ? 'private' : stored;
    internal.set(name, inside);
    external.set(name, models ? sharingDefault(name, models.external) : inside === 'controlled' ? inside : 'private');
  }
  gaps.add({ code: 'org_default_unknown', objects: unknown, count: unknown.length });
  return {
    internal: byObject(internal),
    external: byObject(external),
    contacts: unknown.includes('Contact') ? null : internal.get('Contact') === 'controlled' ? 'controlled' : 'own',
    externalUnknown,
  };
}

function bothModels(row: EntityDefinitionRow | undefined): { internal: string; external: string } | null {
  if (!row?.InternalSharingModel || !row.ExternalSharingModel) return null;
  return { internal: row.InternalSharingModel, external: row.ExternalSharingModel };
}

function byObject(values: ReadonlyMap<ObjectName, SharingDefault>): Record<ObjectName, SharingDefault> {
  const of = (name: ObjectName) => values.get(name) ?? 'private';
  return Object.fromEntries(OBJECT_NAMES.map((name) => [name, of(name)])) as Record<ObjectName, SharingDefault>;
}

import type { Tables } from './tables.ts';
import { text } from './values.ts';

/** An org-wide default, reduced to what it means for reading. */
export type Default = 'private' | 'open' | 'controlled by parent';

export interface Defaults {
  /** The default that internal users go by. */
  internal(object: string): Default;
  /** The default that external (site, portal, guest) users go by. */
  external(object: string): Default;
}

const OPEN = /^(Read|Edit|ReadEdit.*|ReadWrite|ReadWriteTransfer|All|FullAccess)$/;

/** ControlledByParent has its meaning for contacts alone; a value that is not known is private. */
function meaning(value: string | null, object: string): Default {
  if (value === 'ControlledByParent') return object === 'Contact' ? 'controlled by parent' : 'private';
  return value !== null && OPEN.test(value) ? 'open' : 'private';
}

/** Organization.Default…Access and EntityDefinition's sharing models; where both are there, EntityDefinition wins. */
export function readDefaults(tables: Tables): Defaults {
  const internal = (object: string): Default =>
    meaning(
      text(tables.entity(object), 'InternalSharingModel') ?? text(tables.organization(), `Default${object}Access`),
      object,
    );
  return {
    internal,
    external(object) {
      const value = text(tables.entity(object), 'ExternalSharingModel');
      if (value !== null) return meaning(value, object);
      return internal(object) === 'controlled by parent' ? 'controlled by parent' : 'private';
    },
  };
}

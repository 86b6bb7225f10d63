import type { Tables } from './tables.ts';
import { text } from './values.ts';

/** An org-wide default, reduced to its effect on reading. */
export type Default = 'private' | 'open' | 'controlled by parent';

export interface Defaults {
  /** Returns the default for internal users. */
  internal(object: string): Default;
  /** Returns the default for external (site, portal, guest) users. */
  external(object: string): Default;
}

const OPEN = /^(Read|Edit|ReadEdit.*|ReadWrite|ReadWriteTransfer|All|FullAccess)$/;

/**
 * Reduces a sharing model. ControlledByParent applies to contacts only; for any other object, and for an unknown value,
 * access is private.
 */
function meaning(value: string | null, object: string): Default {
  if (value === 'ControlledByParent') return object === 'Contact' ? 'controlled by parent' : 'private';
  return value !== null && OPEN.test(value) ? 'open' : 'private';
}

/** Reads the org-wide defaults from EntityDefinition's sharing models, or else from Organization.Default…Access. */
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

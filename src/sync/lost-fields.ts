import { type ObjectName, objectNamed } from '../objects/index.ts';
import type { ChosenFields } from './choose-fields.ts';

/** A usual field or a title that people count on, and that is not in the index. */
export interface LostField {
  readonly object: ObjectName;
  readonly field: string;
  /** `hidden`: the integration user does not see it. `no_room`: the index holds no more fields. */
  readonly cause: 'hidden' | 'no_room';
}

/**
 * What is lost of an object: its titles that are not indexed, and its usual fields that the index has held and is not to
 * hold any more. A usual field that the org never showed is none, nor is a title that the configuration names and the org
 * never showed (it may be mistyped), and nothing is that the configuration leaves out.
 *
 * @param everHeld usual fields and titles that the index has ever held
 */
export function lostFields(
  { object, fields, usual }: ChosenFields,
  taken: ReadonlySet<string>,
  everHeld: readonly string[],
): LostField[] {
  const { titleFields } = objectNamed(object);
  return usual.flatMap((field): LostField[] => {
    if (taken.has(field)) return [];
    if (fields.includes(field)) return [{ object, field, cause: 'no_room' }];
    return titleFields.includes(field) || everHeld.includes(field) ? [{ object, field, cause: 'hidden' }] : [];
  });
}

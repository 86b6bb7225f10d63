import type { LostField } from '../facts/problems.ts';
import { objectNamed } from '../objects/index.ts';
import type { ChosenFields } from './choose-fields.ts';

/**
 * Returns an object's lost fields: titles that are not indexed, and standard fields that the index has had and will no
 * longer have. Not lost are standard fields that the org never showed, configured titles that it never showed (they may
 * be mistyped), and anything that the configuration leaves out.
 *
 * @param everHeld standard fields and titles that the index has ever had
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

import fc from 'fast-check';
import { OBJECTS } from '../../src/objects/index.ts';
import type { ObjectFacts, ReadObject, SelectionFacts } from '../../src/sync/selection-facts.ts';

/** What is read of an org where the integration user sees everything, and nothing is chosen. */
export const USUAL: SelectionFacts = factsOf((object) => ({
  state: 'read',
  fields: object.fields,
  accessFields: object.accessFields,
  shares: true,
  richFields: [],
  labelledFields: [],
  titleFields: null,
  where: null,
  eitherKind: false,
}));

/** The usual facts, where something of one object is otherwise. */
export function usualBut(name: keyof SelectionFacts, facts: Partial<ReadObject> | ObjectFacts): SelectionFacts {
  return { ...USUAL, [name]: facts.state === undefined ? { ...USUAL[name], ...facts } : facts };
}

/** Any facts that a selection has. A field that decides on access may be indexed too, where it is seen. */
export const anyFacts: fc.Arbitrary<SelectionFacts> = fc
  .tuple(...OBJECTS.map(({ name, fields, accessFields }) => anyObject(name === 'Account', fields, accessFields)))
  .map((objects) => factsOf((object) => objects[OBJECTS.indexOf(object)] as ObjectFacts));

function anyObject(
  isAccount: boolean,
  fields: readonly string[],
  accessFields: readonly string[],
): fc.Arbitrary<ObjectFacts> {
  const read = fc.subarray([...accessFields]).chain((seen) =>
    fc.shuffledSubarray([...fields, 'A__c', 'B__c', ...seen]).chain((indexed) =>
      fc.record({
        state: fc.constant('read' as const),
        fields: fc.constant(indexed),
        accessFields: fc.constant(seen),
        shares: fc.boolean(),
        richFields: fc.subarray(indexed),
        labelledFields: fc.subarray(indexed),
        titleFields: indexed.length === 0 ? fc.constant(null) : fc.option(fc.subarray(indexed, { minLength: 1 })),
        where: fc.option(fc.string({ unit: 'grapheme', minLength: 1 })),
        eitherKind: fc.boolean(),
      }),
    ),
  );
  const off = fc.record({ state: fc.constant('off' as const), shares: isAccount ? fc.boolean() : fc.constant(false) });
  return fc.oneof({ weight: 8, arbitrary: read }, off, fc.constant({ state: 'unseen' as const }));
}

function factsOf(of: (object: (typeof OBJECTS)[number]) => ObjectFacts): SelectionFacts {
  return Object.fromEntries(OBJECTS.map((object) => [object.name, of(object)])) as SelectionFacts;
}

/** The selection as releases before the JSON wrote it. */
export function oldLine(facts: SelectionFacts): string {
  return OBJECTS.map(({ name }) => `${name}:${entriesOf(name === 'Account', facts[name]).join(',')}`).join(';');
}

function entriesOf(isAccount: boolean, facts: ObjectFacts): string[] {
  if (facts.state === 'unseen') return ['-'];
  const shares = facts.shares ? 'shares' : 'no shares';
  if (facts.state === 'off') return ['off', ...(isAccount ? [shares] : [])];
  return [
    ...facts.fields,
    ...facts.accessFields,
    shares,
    ...(facts.eitherKind ? ['either-kind'] : []),
    ...facts.richFields.map((field) => `html=${field}`),
    ...facts.labelledFields.map((field) => `label=${field}`),
    ...(facts.titleFields === null ? [] : [`title=${facts.titleFields.join('+')}`]),
    ...(facts.where === null ? [] : [`where=${encodeURIComponent(facts.where)}`]),
  ];
}

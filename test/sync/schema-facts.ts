import fc from 'fast-check';
import { OBJECTS } from '../../src/objects/index.ts';
import type { ObjectFacts, ReadObject, SchemaFacts } from '../../src/sync/schema-facts.ts';

/** What is read from an org where the integration user sees everything, and nothing is configured. */
export const USUAL: SchemaFacts = factsOf((object) => ({
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

/** The usual facts, with a difference in one object. */
export function usualBut(name: keyof SchemaFacts, facts: Partial<ReadObject> | ObjectFacts): SchemaFacts {
  return { ...USUAL, [name]: facts.state === undefined ? { ...USUAL[name], ...facts } : facts };
}

/** Any facts that a selection has. A field that decides access may also be indexed if it is visible. */
export const anyFacts: fc.Arbitrary<SchemaFacts> = fc
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

function factsOf(of: (object: (typeof OBJECTS)[number]) => ObjectFacts): SchemaFacts {
  return Object.fromEntries(OBJECTS.map((object) => [object.name, of(object)])) as SchemaFacts;
}

/** The selection as releases before the JSON wrote it. */
export function oldLine(facts: SchemaFacts): string {
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

import type { GeneratedRow } from './csv-file.ts';
import { Random } from './random.ts';
import { richText } from './rich-text.ts';
import {
  type Choice,
  COMPETITORS,
  LANGUAGES,
  PRODUCT_LINES,
  ROOT_CAUSES,
  STANDARD_PICKLISTS,
  TIERS,
} from './words/picklists.ts';
import { REMEDIES, SITE_FINDINGS } from './words/rich-texts.ts';

const picklist = (label: string, picklistValues: readonly Choice[]) => ({ type: 'picklist', label, picklistValues });
const multipicklist = (label: string, picklistValues: readonly Choice[]) => ({
  type: 'multipicklist',
  label,
  picklistValues,
});
const rich = (label: string) => ({ type: 'textarea', label, length: 32_768, htmlFormatted: true });

const LANGUAGE = picklist('Language', LANGUAGES);

const CUSTOM = {
  Account: {
    Tier__c: picklist('Tier', TIERS),
    Product_Lines__c: multipicklist('Product Lines', PRODUCT_LINES),
    Site_Notes__c: rich('Site Notes'),
  },
  Contact: { Language__c: LANGUAGE },
  Case: { Root_Causes__c: multipicklist('Root Causes', ROOT_CAUSES), Resolution__c: rich('Resolution') },
  Opportunity: { Competitors__c: multipicklist('Competitors', COMPETITORS) },
  Lead: { Interests__c: multipicklist('Interests', PRODUCT_LINES) },
} as const;

type CustomObject = keyof typeof CUSTOM;

/** Returns the company's custom fields and picklists, as `org.json` declares them. */
export function fieldDeclarations(hasPersonAccounts: boolean): Readonly<Record<string, object>> {
  return Object.fromEntries(
    Object.entries(CUSTOM).map(([object, custom]) => [
      object,
      {
        ...standardFields(object),
        ...custom,
        ...(object === 'Account' && hasPersonAccounts ? { Language__pc: LANGUAGE } : {}),
      },
    ]),
  );
}

function standardFields(object: string): Readonly<Record<string, object>> {
  const lists: Readonly<Record<string, object>> = { ...STANDARD_PICKLISTS[object as CustomObject] };
  return Object.fromEntries(Object.entries(lists).map(([field, picklistValues]) => [field, { picklistValues }]));
}

/**
 * Returns the values of a record's custom fields. They have their own random stream, so that they don't change the rest
 * of the org.
 */
export function customFields(seed: number, object: CustomObject, id: string): GeneratedRow {
  const random = new Random(seed, 'custom fields', id);
  switch (object) {
    case 'Account':
      return {
        Tier__c: random.chance(70) ? random.pick(TIERS).value : null,
        Product_Lines__c: someOf(random, PRODUCT_LINES, 3),
        Site_Notes__c: random.chance(25) ? siteNotes(random) : null,
      };
    case 'Contact':
      return { Language__c: random.chance(60) ? random.pick(LANGUAGES).value : null };
    case 'Case':
      return {
        Root_Causes__c: someOf(random, ROOT_CAUSES, 2),
        Resolution__c: random.chance(40) ? resolution(random) : null,
      };
    case 'Opportunity':
      return { Competitors__c: someOf(random, COMPETITORS, 2) };
    case 'Lead':
      return { Interests__c: someOf(random, PRODUCT_LINES, 3) };
  }
}

/** Picks values of a multi-select picklist, which stores them separated by semicolons. */
function someOf(random: Random, choices: readonly Choice[], most: number): string | null {
  const count = random.between(0, most);
  const chosen = random.some(choices, count).map(({ value }) => value);
  return chosen.length === 0 ? null : chosen.join(';');
}

function siteNotes(random: Random): string {
  const findings = random.some(SITE_FINDINGS, random.between(1, 3));
  return richText('Site visit', findings, `Seen by ${random.between(1, 3)} of us.`);
}

function resolution(random: Random): string {
  return richText('Resolution', random.some(REMEDIES, random.between(1, 2)), 'Customer agreed to close.');
}

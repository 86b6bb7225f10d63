import type { PicklistValue } from '../types.ts';

const INDUSTRIES = [
  'Agriculture',
  'Apparel',
  'Banking',
  'Biotechnology',
  'Chemicals',
  'Communications',
  'Construction',
  'Consulting',
  'Education',
  'Electronics',
  'Energy',
  'Engineering',
  'Entertainment',
  'Environmental',
  'Finance',
  'Food & Beverage',
  'Government',
  'Healthcare',
  'Hospitality',
  'Insurance',
  'Machinery',
  'Manufacturing',
  'Media',
  'Not For Profit',
  'Recreation',
  'Retail',
  'Shipping',
  'Technology',
  'Telecommunications',
  'Transportation',
  'Utilities',
  'Other',
];
const RATINGS = ['Hot', 'Warm', 'Cold'];
const SOURCES = ['Web', 'Phone Inquiry', 'Partner Referral', 'Purchased List', 'Other'];
const SALUTATIONS = ['Mr.', 'Ms.', 'Mrs.', 'Dr.', 'Prof.', 'Mx.'];
const ACCURACIES = [
  'Address',
  'NearAddress',
  'Block',
  'Street',
  'ExtendedZip',
  'Zip',
  'Neighborhood',
  'City',
  'County',
  'State',
  'Unknown',
];

/** A value, or a value and its label. A trailing `*` marks the default for new records. */
type Choice = string | readonly [value: string, label: string];

/** The picklist values of a new Salesforce org, by object and field. */
const STANDARD: Readonly<Record<string, Readonly<Record<string, readonly Choice[]>>>> = {
  Account: {
    Type: [
      'Prospect',
      'Customer - Direct',
      'Customer - Channel',
      'Channel Partner / Reseller',
      'Installation Partner',
      'Technology Partner',
      'Other',
    ],
    Industry: INDUSTRIES,
    Ownership: ['Public', 'Private', 'Subsidiary', 'Other'],
    Rating: RATINGS,
    AccountSource: SOURCES,
    Salutation: SALUTATIONS,
    PersonLeadSource: SOURCES,
  },
  Contact: { LeadSource: SOURCES, Salutation: SALUTATIONS },
  Case: {
    Type: ['Mechanical', 'Electrical', 'Electronic', 'Structural', 'Other'],
    Status: ['New*', 'Working', 'Escalated', 'Closed'],
    Reason: [
      'Installation',
      'Equipment Complexity',
      'Performance',
      'Breakdown',
      'Equipment Design',
      'Feedback',
      'Other',
    ],
    Origin: ['Phone', 'Email', 'Web'],
    Priority: ['High', 'Medium*', 'Low'],
  },
  Opportunity: {
    StageName: [
      'Prospecting',
      'Qualification',
      'Needs Analysis',
      'Value Proposition',
      'Id. Decision Makers',
      'Perception Analysis',
      'Proposal/Price Quote',
      'Negotiation/Review',
      'Closed Won',
      'Closed Lost',
    ],
    Type: [
      'Existing Customer - Upgrade',
      'Existing Customer - Replacement',
      'Existing Customer - Downgrade',
      'New Customer',
    ],
    LeadSource: SOURCES,
    ForecastCategory: [
      'Omitted',
      'Pipeline',
      ['BestCase', 'Best Case'],
      ['MostLikely', 'Most Likely'],
      ['Forecast', 'Commit'],
      'Closed',
    ],
    ForecastCategoryName: ['Omitted', 'Pipeline', 'Best Case', 'Commit', 'Closed'],
  },
  Lead: {
    Salutation: SALUTATIONS,
    LeadSource: SOURCES,
    Status: ['Open - Not Contacted*', 'Working - Contacted', 'Closed - Converted', 'Closed - Not Converted'],
    Industry: INDUSTRIES,
    Rating: RATINGS,
  },
};

/** Returns a standard picklist's values in a new org; none for any other field. */
export function standardPicklist(object: string, field: string): readonly PicklistValue[] {
  const known = STANDARD[object];
  if (known === undefined) return [];
  const choices = field.endsWith('GeocodeAccuracy') ? ACCURACIES : (known[field] ?? []);
  return choices.map(picklistValue);
}

function picklistValue(choice: Choice): PicklistValue {
  const [written, label] = typeof choice === 'string' ? [choice, null] : choice;
  const defaultValue = written.endsWith('*');
  const value = defaultValue ? written.slice(0, -1) : written;
  return { value, label: label ?? value, active: true, defaultValue, validFor: null };
}

/** A picklist value as `org.json` declares it: the value that records store and the label that people see. */
export interface Choice {
  readonly value: string;
  readonly label: string;
  readonly active?: boolean;
}

const choice = (value: string, label = value): Choice => ({ value, label });
/** Returns a value that old records still have but that is no longer offered. */
const retired = (value: string, label: string): Choice => ({ value, label, active: false });

export const TIERS = [
  choice('TIER_1', 'Strategic customer'),
  choice('TIER_2', 'Key customer'),
  choice('TIER_3', 'Standard customer'),
  retired('TIER_X', 'Catalogue customer'),
];

export const PRODUCT_LINES = [
  choice('PL10', 'Flow measurement'),
  choice('PL20', 'Pressure and level'),
  choice('PL30', 'Gas analysis'),
  choice('PL40', 'Temperature'),
  choice('PL50', 'Weighing'),
  choice('PL60', 'Calibration services'),
];

export const LANGUAGES = [
  choice('de', 'German'),
  choice('en', 'English'),
  choice('es', 'Spanish'),
  choice('fr', 'French'),
  choice('ja', 'Japanese'),
  choice('pt', 'Portuguese'),
];

export const COMPETITORS = [
  choice('C01', 'Northline Gauges'),
  choice('C02', 'Sensorwerk Halden'),
  choice('C03', 'Pacific Metering'),
  choice('C04', 'In-house workshop'),
  choice('C99', 'Unknown bidder'),
];

export const ROOT_CAUSES = [
  choice('RC1', 'Wiring fault'),
  choice('RC2', 'Worn seal'),
  choice('RC3', 'Wrong parameter set'),
  choice('RC4', 'Transport damage'),
  choice('RC5', 'Operating error'),
];

const SOURCES = ['Web', 'Phone Inquiry', 'Partner Referral', 'Trade Show', 'Purchased List', 'Other'].map((value) =>
  choice(value),
);

/** The company's changes to Salesforce's own picklists. Some values have other labels, which records don't show. */
export const STANDARD_PICKLISTS = {
  Account: {
    Type: [
      choice('Customer - Direct', 'Direct customer'),
      choice('Customer - Channel', 'Distributor'),
      choice('Prospect', 'Interested party'),
    ],
  },
  Contact: { LeadSource: SOURCES },
  Case: {
    Type: [choice('Problem', 'Malfunction'), choice('Question'), choice('Feature Request', 'Improvement request')],
    Priority: [choice('High', 'Urgent'), choice('Medium', 'Normal'), choice('Low', 'Whenever possible')],
  },
  Opportunity: {
    Type: [choice('New Business', 'First order'), choice('Existing Business', 'Repeat order')],
    LeadSource: SOURCES,
  },
  Lead: { LeadSource: SOURCES },
} as const;

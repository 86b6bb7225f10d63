import { phrases } from './list.ts';

/** A stage of Salesforce's sales process. `probability` is a percentage. */
export interface Stage {
  readonly name: string;
  readonly probability: number;
  readonly closed: boolean;
  readonly forecast: string;
}

const open = (name: string, probability: number): Stage => ({ name, probability, closed: false, forecast: 'Pipeline' });

export const OPEN_STAGES: readonly Stage[] = [
  open('Prospecting', 10),
  open('Qualification', 10),
  open('Needs Analysis', 20),
  open('Value Proposition', 50),
  open('Proposal/Price Quote', 75),
  open('Negotiation/Review', 90),
];
export const WON: Stage = { name: 'Closed Won', probability: 100, closed: true, forecast: 'Closed' };
export const LOST: Stage = { name: 'Closed Lost', probability: 0, closed: true, forecast: 'Omitted' };

export const NEXT_STEPS: readonly (string | null)[] = [
  null,
  null,
  'Send offer',
  'Visit the plant',
  'Wait for budget approval',
  'Demonstrate on site',
  'Call the plant manager',
  'Clarify delivery dates',
];

/** Confidential notes about a deal, for the field that standard users can't see. */
export const DEAL_NOTES =
  phrases(`Walk-away price is twelve percent below list.|The competitor offers free calibration for two
years.|Discount of eight percent agreed by phone, not yet in writing.|Budget is higher than they say.|They would sign
this quarter for a longer warranty.|Purchasing wants a second discount; do not go below list less ten.|The plant manager is
with us, purchasing is not.|Margin is thin: no free spare parts.|They need calibration on site and have nobody else who
does it.|They sign the renewal only below last year's price.|The incumbent has lost their trust after three late deliveries.`);

export const LEAD_SOURCES = ['Web', 'Phone Inquiry', 'Partner Referral', 'Trade Show', 'Purchased List', 'Other'];
export const LEAD_STATUSES = ['Open - Not Contacted', 'Working - Contacted', 'Closed - Not Converted'];

export const LEAD_NOTES =
  phrases(`Asked for the catalogue at the trade fair.|Wants prices for twenty level gauges.|Downloaded the
calibration guide.|Has a tender running until the end of the month.|Referred by a customer next door.|Visited the web
shop three times.|Needs a data logger for a cold store.|Looks for a second supplier of flow meters.`);

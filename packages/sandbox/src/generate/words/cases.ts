import { phrases } from './list.ts';

/** A kind of support case. `{product}` is replaced by one of the company's products. */
export interface Topic {
  readonly subject: string;
  readonly text: string;
  readonly type: 'Problem' | 'Question' | 'Feature Request';
  readonly reason: string;
}

const problem = (subject: string, text: string, reason: string): Topic => ({ subject, text, reason, type: 'Problem' });
const question = (subject: string, text: string): Topic => ({ subject, text, reason: 'Other', type: 'Question' });

export const TOPICS: readonly Topic[] = [
  problem(
    '{Product} reads zero after power cut',
    'After the power cut on Sunday the {product} shows zero although the line is running. Restarting it twice did not help.',
    'Breakdown',
  ),
  problem(
    '{Product} drifts since calibration',
    'Since the last calibration the {product} drifts by about two percent a week. The certificate shows it within tolerance.',
    'Performance',
  ),
  problem(
    'Display of {product} stays dark',
    'The display of the {product} is dark; the output signal is still right. It happened after cleaning with hot water.',
    'Equipment Design',
  ),
  problem(
    '{Product} delivered with wrong flange',
    'The {product} came with a DN50 flange, DN80 was ordered. The line has to start on Monday.',
    'Installation',
  ),
  problem(
    'Alarm of {product} cannot be cleared',
    'The alarm comes back within seconds after it is acknowledged. All wiring was checked by our electrician.',
    'Equipment Complexity',
  ),
  problem(
    '{Product} loses connection to control system',
    'The {product} drops off the bus every few hours and returns by itself. Other devices on the same segment are fine.',
    'Performance',
  ),
  problem(
    'Calibration certificate missing for {product}',
    'The {product} was delivered without its calibration certificate. The auditor comes next week.',
    'Installation',
  ),
  problem(
    'Condensation inside {product}',
    'There is water behind the glass of the {product}. It is mounted outdoors, under a roof, cable entry downwards.',
    'Equipment Design',
  ),
  problem(
    '{Product} leaks at the sensor',
    'A few drops an hour at the gasket of the {product}. The operators have put a bucket below it.',
    'Breakdown',
  ),
  problem(
    'Firmware update of {product} failed',
    'The update stopped at 80 percent and the {product} now starts in recovery mode only.',
    'Equipment Complexity',
  ),
  problem(
    'Battery of {product} empty after three months',
    'The battery should last two years. We log once a minute and send once an hour.',
    'Performance',
  ),
  problem(
    '{Product} noisy after maintenance',
    'Since the service visit the signal of the {product} is noisy. The earth connection was renewed.',
    'Performance',
  ),
  problem(
    'Wrong invoice for {product}',
    'The invoice lists four pieces, we received and ordered two. Please correct it before the month ends.',
    'Other',
  ),
  question(
    'How often must a {product} be calibrated?',
    'Our quality manager asks for the recommended calibration interval of the {product} in hot water.',
  ),
  question(
    'Spare parts for {product} from 2014',
    'We still run an old {product}. Are gaskets and displays available, and for how long?',
  ),
  question(
    'Range of {product} can be changed?',
    'Can the measuring range of the {product} be changed on site, or must it be sent in?',
  ),
  question(
    'Export of data from {product}',
    'How do we export last year from the {product}? The file ends after 32,000 lines.',
  ),
  question(
    'Renewal of service contract for {product}',
    'The contract ends in two months. Please send an offer for renewal that includes the second site.',
  ),
  {
    subject: 'Please add daily mean to {product}',
    text: 'It would save us a spreadsheet if the {product} could store a daily mean.',
    type: 'Feature Request',
    reason: 'Other',
  },
  {
    subject: 'Second output for {product}',
    text: 'We need a second analogue output on the {product} for the emergency panel.',
    type: 'Feature Request',
    reason: 'Equipment Design',
  },
];

/** Sentences that customers add. */
export const DETAILS =
  phrases(`It happens at night only.|The unit was installed by your own service.|We can send photos.|A spare
unit is not on site.|The line stands still meanwhile.|Please call before ten in the morning.|The serial number is on the
delivery note.|The same happened two years ago.|Our maintenance stop is in three weeks.|A technician on site would be
best.|The warranty should still cover this.|Two more units of the same batch behave normally.|We have swapped the cable
already.|Nobody has touched the settings.|Please answer by e-mail.`);

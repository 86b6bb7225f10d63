import { type Case, GROUP, group, share } from './case.ts';

/** The group of all internal users. */
export const organizationGroup: readonly Case[] = [
  {
    rule: 'Organization reaches every active internal user',
    rows: [share('Lead', GROUP), group('Organization')],
    reads: [
      ['roleless', 'lead', true],
      ['inactive', 'lead', false],
      ['portal', 'lead', false],
    ],
  },
];

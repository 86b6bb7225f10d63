import { phrases } from './list.ts';

/** Findings of a technician at a customer's site. */
export const SITE_FINDINGS =
  phrases(`Gate 3 is for deliveries, visitors report at the weighbridge.|Hard hats & ear protection beyond the yellow
line.|Supply voltage drops below 22 V when the large pump starts.|Loops 14 < 20 mA need a longer warm-up.|The old panel
stays until the shutdown in August.|Compressed air is at 6 bar, "never more" says the foreman.|Spare probes are kept in
the café kitchen's back room.|Parking only behind building R&D 2.|Ask for a hot-work permit a day before.|Wi-Fi does not
reach the cellar; take the long cable.`);

/** Solutions of cases. */
export const REMEDIES =
  phrases(`Replaced the sealing ring & pressure-tested at 16 bar.|Loaded the factory parameters, then the customer's
own set.|Reversed the polarity of terminals 5 and 6.|Sent a new display by courier; the old one is scrap.|Raised the
damping from 1 s to 4 s: the reading is calm now.|Explained the menu "Diagnosis" by phone.|Cleaned the electrode with
citric acid, slope is > 95% again.|Credit note issued, the goods stay with the customer.|Updated the firmware & checked
the loop at 4, 12 and 20 mA.`);

import { phrases, words } from './list.ts';

/** Stems of company names that belong to no real company. */
export const STEMS =
  words(`Ashgrove Bellwether Birchfield Blackthorn Bluewater Brightwell Calder Cedarcrest Cobalt Copperline
Corvida Crestmont Dunmore Eastgate Elmhurst Everline Fairholm Falconer Fernhill Fjordland Foxglove Glenrock Goldcrest
Granite Greenfield Greyhaven Halcyon Harrowgate Hawthorn Hazelwood Highmoor Hollis Ironbridge Ivydale Juniper Kestrel
Kingsmead Lakeshore Larkspur Linden Longford Lowland Maplewood Marlowe Meadowbank Merrow Midland Millbrook Monarch
Moorland Northgate Oakline Oldfield Orchard Osprey Overton Pinecrest Quayside Ravenhill Redwood Ridgeway Riverton
Rosewell Rowan Saltmarsh Sandstone Seabright Silverlake Skylark Southbank Stonebridge Summit Sunfield Tamarind Thornbury
Tideway Torrent Umber Valemount Verity Wainscot Westbrook Whitecliff Wildwood Willowby Windermere Winterbourne Woodrow
Wren Yarrow Zephyr`);

export interface Industry {
  /** The value in Salesforce's picklist. */
  readonly name: string;
  /** The words that follow the stem in a company's name. */
  readonly kinds: readonly string[];
  /** What the companies make or run. */
  readonly does: readonly string[];
}

export const INDUSTRIES: readonly Industry[] = [
  {
    name: 'Food & Beverage',
    kinds: ['Foods', 'Dairy', 'Brewing', 'Bakeries', 'Beverages', 'Sugar'],
    does: ['runs two dairies', 'brews for supermarkets', 'bakes for hotels', 'bottles mineral water'],
  },
  {
    name: 'Chemicals',
    kinds: ['Chemicals', 'Coatings', 'Polymers', 'Fertilisers', 'Solvents'],
    does: ['blends solvents', 'makes coatings for ships', 'runs a polymer line', 'stores fertiliser in bulk'],
  },
  {
    name: 'Energy',
    kinds: ['Energy', 'Power', 'District Heating', 'Biogas', 'Hydrogen', 'Grid Services'],
    does: ['heats a town of forty thousand', 'runs three biogas plants', 'builds hydrogen stations'],
  },
  {
    name: 'Utilities',
    kinds: ['Water', 'Waterworks', 'Waste Water', 'Municipal Services'],
    does: ['supplies drinking water', 'treats waste water', 'runs pumping stations along the river'],
  },
  {
    name: 'Manufacturing',
    kinds: ['Paper', 'Steel', 'Castings', 'Glass', 'Packaging', 'Textiles', 'Machine Works'],
    does: ['makes packaging', 'casts pump housings', 'rolls thin steel', 'draws glass tubes'],
  },
  {
    name: 'Healthcare',
    kinds: ['Hospitals', 'Laboratories', 'Clinics', 'Diagnostics'],
    does: ['runs four clinics', 'tests blood for the region', 'keeps a cold store for vaccines'],
  },
  {
    name: 'Biotechnology',
    kinds: ['Pharma', 'Biologics', 'Life Sciences', 'Vaccines'],
    does: ['fills sterile vials', 'ferments enzymes', 'packs tablets under contract'],
  },
  {
    name: 'Shipping',
    kinds: ['Shipping', 'Ferries', 'Terminals', 'Cold Stores', 'Logistics'],
    does: ['runs a tank terminal', 'ships frozen goods', 'operates ferries on two routes'],
  },
  {
    name: 'Construction',
    kinds: ['Construction', 'Building Services', 'Concrete', 'Engineering'],
    does: ['fits out boiler rooms', 'mixes concrete', 'builds plant rooms for hospitals'],
  },
];

export const ACCOUNT_TYPES = ['Customer - Direct', 'Customer - Direct', 'Customer - Channel', 'Prospect', 'Prospect'];

/** Notes of account owners about a customer. */
export const ACCOUNT_NOTES =
  phrases(`Buys through framework agreement, prices fixed until year end.|Wants one supplier for all
sites.|Calibration of all gauges is due every spring.|Decides by committee; the plant manager has the last word.|Uses a
competitor for gas analysers.|Pays late, but always pays.|New plant planned, tender expected next year.|Asks for
certificates with every delivery.|Was a reference for flow meters at the last trade fair.|Shutdown for maintenance each
August.|Merged two sites; addresses are being cleaned up.|Prefers service visits on Saturdays.|Insists on spare parts
in stock on site.|Renewal of the service contract depends on response times.`);

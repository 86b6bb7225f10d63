import { phrases } from './list.ts';

/** A sales region and its countries. */
export interface Region {
  readonly name: string;
  readonly countries: readonly string[];
}

export interface Place {
  readonly city: string;
  readonly state: string | null;
  readonly country: string;
  /** The region's index in `REGIONS`. */
  readonly region: number;
  /** A postal code's pattern: each 9 becomes a digit, each letter A to D and H a capital letter. */
  readonly postal: string;
  /** A telephone number's pattern: each 9 becomes a digit. */
  readonly phone: string;
}

/** Cities by region and country: `Country|postal|phone|City/State City …`, with underscores for spaces. */
const TABLE: readonly (readonly [region: string, ...countries: string[]])[] = [
  [
    'Americas',
    'United States|99999|+1 555 0199 999|Boston/MA Seattle/WA Houston/TX Norfolk/VA Portland/OR Savannah/GA Duluth/MN Mobile/AL Denver/CO Toledo/OH Tulsa/OK Spokane/WA',
    'Canada|H9H 9H9|+1 555 0199 999|Halifax/NS Calgary/AB Hamilton/ON Quebec/QC',
    'Brazil|99999-999|+55 11 5550 9999|Santos/SP Curitiba/PR Recife/PE Joinville/SC',
    'Mexico|99999|+52 55 5550 9999|Monterrey/NL Veracruz/VE Puebla/PU',
  ],
  [
    'Northern Europe',
    'Sweden|999 99|+46 8 555 0199|Gothenburg Malmo Lulea Gavle Vasteras',
    'Norway|9999|+47 555 01 999|Bergen Stavanger Trondheim Drammen',
    'Denmark|9999|+45 55 50 19 99|Aarhus Odense Esbjerg',
    'Germany|99999|+49 30 5550 1999|Hamburg Bremen Leipzig Kassel Mannheim Rostock',
    'United Kingdom|AB9 9CD|+44 1632 960 999|Hull Aberdeen Leeds Swansea Preston',
    'Netherlands|9999 AB|+31 20 555 0199|Rotterdam Groningen Eindhoven',
  ],
  [
    'Southern Europe',
    'Spain|99999|+34 555 019 999|Bilbao Valencia Zaragoza Cartagena',
    'Portugal|9999-999|+351 555 019 999|Porto Setubal Aveiro Braga',
    'Italy|99999|+39 055 5550 199|Genoa Turin Trieste Ravenna Parma',
    'France|99999|+33 1 55 50 19 99|Lyon Nantes Marseille Lille Grenoble',
    'Greece|999 99|+30 555 019 9999|Piraeus Patras Volos',
  ],
  [
    'Asia Pacific',
    'Japan|999-9999|+81 3 5550 1999|Osaka Nagoya Kobe Sendai',
    'Australia|9999|+61 2 5550 1999|Newcastle/NSW Geelong/VIC Fremantle/WA Hobart/TAS',
    'India|999999|+91 55 5501 9999|Pune Chennai Surat Kochi',
    'Singapore|999999|+65 5550 1999|Singapore Jurong',
    'New Zealand|9999|+64 9 555 0199|Auckland Nelson Napier',
  ],
];

export const REGIONS: readonly Region[] = TABLE.map(([name, ...countries]) => ({
  name,
  countries: countries.map((line) => line.split('|')[0] ?? ''),
}));

export const PLACES: readonly Place[] = TABLE.flatMap(([, ...countries], region) =>
  countries.flatMap((line) => {
    const [country = '', postal = '', phone = '', cities = ''] = line.split('|');
    return cities.split(' ').map((entry) => {
      const [city = '', state = null] = entry.split('/');
      return { city, state, country, region, postal, phone };
    });
  }),
);

export const STREETS =
  phrases(`Harbour Road|Station Street|Mill Lane|Foundry Way|Canal Street|North Quay|Industrial Park|Old Market|
Kings Road|Bridge Street|Science Park|Dock Road|Ring Road|Garden Avenue|River Street|Quarry Hill|Warehouse Row|Park
Avenue|Weavers Lane|Lighthouse Road`);

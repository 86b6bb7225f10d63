/** A measuring instrument that the generated company sells. */
export interface Product {
  readonly one: string;
  readonly many: string;
  /** The price of one, in whole currency units. */
  readonly price: number;
}

export const PRODUCTS: readonly Product[] = [
  { one: 'flow meter', many: 'flow meters', price: 2400 },
  { one: 'pressure transmitter', many: 'pressure transmitters', price: 900 },
  { one: 'level gauge', many: 'level gauges', price: 1350 },
  { one: 'gas analyser', many: 'gas analysers', price: 14_500 },
  { one: 'temperature probe', many: 'temperature probes', price: 260 },
  { one: 'data logger', many: 'data loggers', price: 780 },
  { one: 'control valve', many: 'control valves', price: 3100 },
  { one: 'moisture sensor', many: 'moisture sensors', price: 640 },
  { one: 'vibration monitor', many: 'vibration monitors', price: 1900 },
  { one: 'pH electrode', many: 'pH electrodes', price: 320 },
  { one: 'weighing cell', many: 'weighing cells', price: 1150 },
  { one: 'thermal camera', many: 'thermal cameras', price: 6200 },
];

/** Contracts, named after the service. */
export const SERVICES = [
  'calibration contract',
  'service contract renewal',
  'spare parts package',
  'remote monitoring',
  'commissioning',
  'operator training',
  'calibration laboratory upgrade',
];

/** A log entry as pino writes it. */
export interface Entry {
  readonly level: string;
  readonly time: string;
  readonly message: string;
  /** For programs; a person reads the message. */
  readonly event?: string;
  readonly [field: string]: unknown;
}

/** The entry as one line for a person: `2026-11-24T03:00:00.000Z INFO run 7 begins · run=7 kind=incremental`. */
export function textLine({ level, time, message, event: _, ...fields }: Entry): string {
  const parts = fieldsText(fields);
  return `${time} ${level.toUpperCase()} ${message}${parts === '' ? '' : ` · ${parts}`}\n`;
}

function fieldsText(fields: object): string {
  return Object.entries(fields)
    .map(([name, value]) => `${name}=${valueText(value)}`)
    .join(' ');
}

function valueText(value: unknown): string {
  if (typeof value === 'object' && value !== null) return `(${fieldsText(value)})`;
  const text = String(value);
  return /^[^\s"=()]+$/.test(text) ? text : JSON.stringify(text);
}

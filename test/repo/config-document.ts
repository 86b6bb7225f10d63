import { z } from 'zod';

/** The output of z.toJSONSchema for one key. */
interface KeySchema {
  readonly description?: string;
  readonly default?: unknown;
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly properties?: Readonly<Record<string, KeySchema>>;
}

export interface Key extends KeySchema {
  readonly name: string;
}

/** Every key of a schema. Nested keys are written as `index.path`. */
export function keysOf(schema: z.ZodType, prefix = ''): Key[] {
  const walk = (of: KeySchema, before: string): Key[] =>
    Object.entries(of.properties ?? {}).flatMap(([key, inner]) => {
      const name = `${before}${key}`;
      // A group has no row of its own: its keys have rows.
      return inner.properties && name !== 'objects' ? walk(inner, `${name}.`) : [{ name, ...inner }];
    });
  return walk(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as KeySchema, prefix);
}

function allowed({ type, enum: names, minimum, maximum }: KeySchema): string {
  if (names) return names.map((name) => `\`${name}\``).join(' or ');
  if (type !== 'integer') return '';
  const open = maximum === undefined || maximum === Number.MAX_SAFE_INTEGER;
  return open ? `${minimum} or more` : `${minimum} to ${maximum}`;
}

function defaultOf({ default: value }: KeySchema): string {
  if (value === undefined || (typeof value === 'object' && value !== null && Object.keys(value).length === 0))
    return '';
  return `\`${String(value)}\``;
}

/** The Markdown table of these keys. */
export function keyTable(keys: readonly Key[]): string {
  const rows = keys.map((key) =>
    `| \`${key.name}\` | ${defaultOf(key)} | ${allowed(key)} | ${key.description ?? ''} |`.replaceAll('  ', ' '),
  );
  return ['| key | default | values | what it does |', '|---|---|---|---|', ...rows].join('\n');
}

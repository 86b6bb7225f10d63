import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { packageRoot } from '../../src/process/package-root.ts';

export interface Service {
  readonly image: string;
  readonly build?: string;
  readonly user?: string;
  readonly restart?: string;
  readonly ports?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly configs?: readonly { readonly source: string; readonly target: string }[];
  readonly volumes?: readonly string[];
  readonly secrets?: readonly { readonly source: string; readonly target: string }[];
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly mem_limit?: string;
  readonly tmpfs?: readonly string[];
  readonly command?: readonly string[];
  readonly healthcheck?: { readonly test: readonly string[] };
}

export interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly configs: Readonly<Record<string, { readonly file?: string; readonly content?: string }>>;
  readonly volumes: Readonly<Record<string, unknown>>;
  readonly secrets: Readonly<Record<string, { readonly file?: string; readonly environment?: string }>>;
}

/** A file of this package. */
export const read = (...path: string[]) => readFileSync(join(packageRoot(), ...path), 'utf8');
export const text = read('docker-compose.yml');

/** The deployment as Compose reads it, with variables not yet replaced. */
export const compose = (of = text) => parse(of, { merge: true }) as Compose;
export const services = (of = text) => Object.entries(compose(of).services);

/** `${NAME}`, `${NAME:-default}`, `${NAME:?message}`, and `$$` for a dollar. */
const VARIABLE = /\$(?:\$|\{(\w+)(?::([-?])([^}]*))?\})/g;

/** The text with its variables replaced, as Compose does it. Throws if a required one is missing. */
export function interpolated(template: string, env: Readonly<Record<string, string>>): string {
  return template.replace(VARIABLE, (_, name?: string, how?: string, rest = '') => {
    if (name === undefined) return '$';
    if (env[name]) return env[name];
    if (how === '-') return rest;
    throw new Error(`${name}: ${rest}`);
  });
}
/** The names of the variables in a text. */
export const variablesOf = (template: string) =>
  new Set([...template.matchAll(VARIABLE)].flatMap(([, name]) => (name === undefined ? [] : [name])));

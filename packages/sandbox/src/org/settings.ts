import { X509Certificate } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { costSettings } from '../costs/settings.ts';
import { virtualSettings } from '../virtual/settings.ts';
import { OrgFolderError } from './errors.ts';
import { isId, longId } from './ids.ts';
import { fieldDeclarations } from './schema/declared.ts';
import type { CertificateSource, OrgSettings } from './types.ts';

const seconds = z.number().int().positive();

const FILE = z.strictObject({
  client_id: z.string().min(1).default('sandbox'),
  client_secret: z.string().min(1).default('sandbox'),
  certificate: z.string().min(1).nullable().default(null),
  audiences: z.array(z.string().min(1)).default([]),
  run_as: z.string().refine(isId, 'must be a User Id of 15 or 18 characters').optional(),
  api_version: z
    .string()
    .regex(/^\d+\.0$/, 'must look like "67.0"')
    .default('67.0'),
  session_seconds: seconds.default(7200),
  daily_api_requests: z.number().int().nonnegative().default(100_000),
  page_size: z.number().int().min(1).max(2000).default(2000),
  latency_ms: z.number().nonnegative().default(0),
  faults: z.array(z.unknown()).default([]),
  absent: z.array(z.string().min(1)).default([]),
  fields: fieldDeclarations.default({}),
  hidden_fields: z.array(z.string().regex(/^\w+\.\w+$/, 'must look like "Contact.IsPersonAccount"')).default([]),
  costs: costSettings.nullable().default(null),
  virtual: virtualSettings.nullable().default(null),
  long_requests: z.number().int().positive().default(25),
});

/** The settings of `org.json`. `runAs` is null if the file doesn't name it. */
export type FileSettings = Omit<OrgSettings, 'runAs'> & { readonly runAs: string | null };

/**
 * Reads the folder's `org.json`, or returns the defaults if there is none. Throws `OrgFolderError` for invalid JSON, an
 * unknown key, a value of the wrong type or an invalid certificate.
 */
export function readSettings(folder: string): FileSettings {
  const path = join(folder, 'org.json');
  const read = FILE.safeParse(existsSync(path) ? parseJson(path) : {});
  if (!read.success) throw new OrgFolderError(`${path}: ${read.error.issues.map(issueText).join('; ')}.`);
  const file = read.data;
  return {
    clientId: file.client_id,
    clientSecret: file.client_secret,
    certificate: file.certificate === null ? null : certificateSource(file.certificate, folder),
    audiences: file.audiences,
    runAs: file.run_as === undefined ? null : longId(file.run_as),
    apiVersion: file.api_version,
    sessionSeconds: file.session_seconds,
    dailyApiRequests: file.daily_api_requests,
    pageSize: file.page_size,
    latencyMs: file.latency_ms,
    faults: file.faults,
    absent: file.absent,
    fields: file.fields,
    hiddenFields: file.hidden_fields,
    costs: file.costs,
    longRequests: file.long_requests,
    virtual: file.virtual,
  };
}

function certificateSource(written: string, folder: string): CertificateSource {
  if (!written.includes('-----BEGIN')) return { file: resolve(folder, written) };
  try {
    return { pem: new X509Certificate(written).toString() };
  } catch {
    throw new OrgFolderError(
      'org.json: "certificate" is not a PEM certificate: write the text of certificate.pem, or its path.',
    );
  }
}

function parseJson(path: string): unknown {
  const text = readText(path);
  try {
    return JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const position = /at position (\d+)/.exec(reason)?.[1];
    const before = position === undefined ? text : text.slice(0, Number(position));
    throw new OrgFolderError(`${path} line ${before.split('\n').length}: this is not valid JSON. Fix it there.`);
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new OrgFolderError(`${path} cannot be read: ${reason}. Make it a readable file.`);
  }
}

function issueText(issue: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys') {
    const names = issue.keys.map((key) => `"${[...issue.path, key].join('.')}"`).join(', ');
    const known = issue.path.length > 0 ? '' : `; known keys are ${Object.keys(FILE.shape).join(', ')}`;
    return `unknown key ${names}: remove it${known}`;
  }
  const where = issue.path.length === 0 ? 'the file' : `"${issue.path.join('.')}"`;
  return `${where}: ${issue.message}`;
}

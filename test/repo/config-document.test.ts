import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { chosen, objectKeys } from '../../src/config/objects.ts';
import { configKeys, fileSchema } from '../../src/config/schema.ts';
import { keysOf, keyTable } from './config-document.ts';

const keys = keysOf(fileSchema);
const ofOneObject = keysOf(chosen, 'objects.<Object>.');

const HEAD = `# The config file

One config file describes one connection: one Salesforce org, its Schedule in Temporal, and its index. Pass it to any
command with \`--config <file>\`. Only \`base_url\` and the credentials are required. Relative paths are relative to the
config file. [config.example.yaml](../config.example.yaml) shows the keys as YAML.

A worker reads the file once, when it starts. After a change, restart the worker. After a change to \`cron-spec\`,
\`timezone\` or \`complete_backfill_frequency\`, also run \`salesforce-connector apply\`.

\`npm test -- test/repo -u\` generates this page from the schema in \`src/config/schema.ts\` and
\`src/config/auth.ts\`. To change the text, edit it there.

## Keys
`;

const CREDENTIALS = `## Where the credentials come from

The config file comes first, then the environment:

| credential | keys of the config file | variable |
|---|---|---|
| client id | \`client_id\` | \`SALESFORCE_CLIENT_ID\` |
| secret | \`client_secret\` or \`client_secret_file\` | \`SALESFORCE_CLIENT_SECRET\` |
| username (\`auth: jwt\`) | \`username\` | \`SALESFORCE_USERNAME\` |
| path of the private key (\`auth: jwt\`) | \`private_key_file\` | \`SALESFORCE_PRIVATE_KEY_FILE\` |

With \`auth: jwt\` there is no secret. A relative path in \`SALESFORCE_PRIVATE_KEY_FILE\` is relative to the folder in which
you start the command.

Set \`SALESFORCE_BASE_URL\` together with these variables: the connector then sends the credentials to that address only.

A user of OpenSearch comes from \`index.auth.basic\`, or from \`OPENSEARCH_USERNAME\` and \`OPENSEARCH_PASSWORD\`. They go
to \`index.url\` only, and only if the config file was given by \`--config\`.

- To make a key, see [setup.md](setup.md#with-a-private-key-instead-of-a-secret).
- To replace a secret or a key, see [Rotate a secret or a key](operate.md#rotate-a-secret-or-a-key).

## Choose what is indexed

Without the key \`objects\`, the index has the default text fields of Account, Contact, Case, Opportunity and Lead.

\`\`\`yaml
objects:
  Account:
    fields: { add: [Region__c, "Ext_*__c"], leave_out: [Fax] }
    where: "Type != 'Test'"
  Lead: off
  Opportunity: { title: Project__c }
\`\`\`
`;

const NOTES = `- **\`objects.<Object>: off\`** removes an object. The next run deletes its documents from the index and no longer
  reads its records. The connector still reads the share rows of Account, because they give access to contacts,
  cases and opportunities.
- **Field-level security** applies to added fields too. A user who may not read a field cannot search in it or see it.
- **Unknown fields** do not stop a run. If the org does not have a field or no longer shows it, the run leaves it out
  and reports it under \`closed\`. \`salesforce-connector check\` reports it too, with similar names.
- **1,900 fields** fit into one index, over all objects. Default fields and titles come first. Then come the fields
  that you name, and then the fields of patterns, one object after another in turn. A field that is in the index keeps
  its place when others are added in Salesforce. Fields that do not fit are reported under \`closed\`.
- **\`where\`**: when a record changes and no longer meets the condition, the next run removes it from the index. Only the
  next complete backfill notices a change in another record (\`Owner.Name\`) or the passing of time (\`LAST_N_DAYS:30\`).
  If the org rejects the condition, the run fails with one line that names the condition.

After a change to \`objects\`, the worker's next run is a complete backfill. Searches work meanwhile. As soon as that run
begins, searches no longer find words of a field that you removed.
`;

describe('docs/config.md', () => {
  it('equals the schema of the config file', async () => {
    const text = [HEAD, keyTable(keys), '', CREDENTIALS, keyTable(ofOneObject), '', NOTES].join('\n');
    await expect(text).toMatchFileSnapshot('../../docs/config.md');
  });

  it('has every key of the config file', () => {
    const named = new Set(keys.map(({ name }) => name));
    const isNamed = (key: string) => named.has(key) || [...named].some((name) => name.startsWith(`${key}.`));
    expect(configKeys.filter((key) => !isNamed(key))).toEqual([]);
    expect(
      ofOneObject.map(({ name }) => name.replace('<Object>', 'Lead')).filter((key) => !objectKeys.includes(key)),
    ).toEqual([]);
  });

  const undescribed = (of: typeof keys) => of.filter(({ description }) => !description).map(({ name }) => name);

  it('says what each key does', () => {
    expect(undescribed([...keys, ...ofOneObject])).toEqual([]);
  });

  it('control: a key without a description is caught at any depth', () => {
    const schema = z.strictObject({ a: z.string().meta({ description: 'A.' }), b: z.strictObject({ c: z.int() }) });
    expect(undescribed(keysOf(schema))).toEqual(['b.c']);
  });
});

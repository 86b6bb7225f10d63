import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { configKeys, fileSchema } from '../../src/config.ts';
import { chosen, objectKeys } from '../../src/config-objects.ts';
import { keysOf, keyTable } from './config-document.ts';

const keys = keysOf(fileSchema);
const ofOneObject = keysOf(chosen, 'objects.<Object>.');

const HEAD = `# The config file

One config file describes one connection: one Salesforce org, its Schedule in Temporal, and its index. Every command
takes it with \`--config <file>\`. Only \`base_url\` and the credentials are required. Relative paths start at the config
file.

\`npm test -- test/house -u\` writes this page from the schema in \`src/config.ts\` and \`src/config-auth.ts\`. Change the
text there.
[config.example.yaml](../config.example.yaml) shows the keys as YAML.

A worker reads the file once, when it starts. After a change, restart the worker. After a change of \`cron-spec\`,
\`timezone\` or \`complete_backfill_frequency\`, also run \`salesforce-connector apply\`.

## Keys
`;

const CREDENTIALS = `## Where the credentials come from

The client id comes from \`client_id\`, else from the variable \`SALESFORCE_CLIENT_ID\`. The secret comes from
\`client_secret\` or \`client_secret_file\`, else from \`SALESFORCE_CLIENT_SECRET\`.

With \`auth: jwt\` there is no secret. The username comes from \`username\`, else from \`SALESFORCE_USERNAME\`, and the path
of the private key from \`private_key_file\`, else from \`SALESFORCE_PRIVATE_KEY_FILE\`. A relative path of the variable
starts where the command was started. [setup.md](setup.md#with-a-private-key-instead-of-a-secret) says how to make a
key.

Set \`SALESFORCE_BASE_URL\` together with these variables: the connector then sends them to that address only.
[A new secret](operate.md#a-new-secret) says how to replace a secret or a key.

## Choose what is indexed

Without the key \`objects\`, the index holds the usual text fields of Account, Contact, Case, Opportunity and Lead.

\`\`\`yaml
objects:
  Account:
    fields: { add: [Region__c, "Ext_*__c"], leave_out: [Fax] }
    where: "Type != 'Test'"
  Lead: off
  Opportunity: { title: Project__c }
\`\`\`
`;

const NOTES = `- \`objects.<Object>: off\` removes an object. The next run deletes its documents from the index and reads no more of its
  records. The connector still reads the share rows of Account, because they open contacts, cases and opportunities.
- **Field-level security** applies to added fields too. A user who may not read a field cannot search in it or see it.
- **Unknown fields** do not stop a run. If the org does not have a field or no longer shows it, the run leaves it out
  and names it under \`closed\`. \`salesforce-connector check\` names it too, with similar names.
- **1,900 fields** fit into one index, over all objects. Usual fields and titles come first, then fields that you name,
  then fields of patterns, in turn from each object. A field that is in the index keeps its place when others are added
  in Salesforce. What does not fit is named under \`closed\`.
- **\`where\`** removes a record from the index with the next run after the record changes. The index notices two kinds of
  change only with the next complete backfill: a change in another record (\`Owner.Name\`) and the passing of time
  (\`LAST_N_DAYS:30\`). If the org rejects the condition, the run fails with one line that says which condition it was.

After a change of \`objects\`, the worker's next run is a complete backfill. Searches go on meanwhile. Words of a field
that you remove can no longer be found as soon as that run begins.
`;

describe('docs/config.md', () => {
  it('is what the schema of the config file says', async () => {
    const text = [HEAD, keyTable(keys), '', CREDENTIALS, keyTable(ofOneObject), '', NOTES].join('\n');
    await expect(text).toMatchFileSnapshot('../../docs/config.md');
  });

  it('has every key that the config file takes', () => {
    const named = new Set(keys.map(({ name }) => name));
    const isNamed = (key: string) => named.has(key) || [...named].some((name) => name.startsWith(`${key}.`));
    expect(configKeys.filter((key) => !isNamed(key))).toEqual([]);
    expect(
      ofOneObject.map(({ name }) => name.replace('<Object>', 'Lead')).filter((key) => !objectKeys.includes(key)),
    ).toEqual([]);
  });

  const undescribed = (of: typeof keys) => of.filter(({ description }) => !description).map(({ name }) => name);

  it('says of each what it does', () => {
    expect(undescribed([...keys, ...ofOneObject])).toEqual([]);
  });

  it('and a key without a description is caught, at any depth', () => {
    const schema = z.strictObject({ a: z.string().meta({ description: 'A.' }), b: z.strictObject({ c: z.int() }) });
    expect(undescribed(keysOf(schema))).toEqual(['b.c']);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ObjectDescription } from '../../src/salesforce/describe.ts';
import { isRecord, recordOf } from '../../src/sync/record.ts';
import { type ObjectSchema, resolveFields } from '../../src/sync/resolved-schema.ts';
import { richTextFields, textOfHtml } from '../../src/sync/rich-text.ts';
import { schemaChanges } from '../../src/sync/schema-changes.ts';
import type { SchemaFacts } from '../../src/sync/schema-facts.ts';
import { recordId } from './org-folder.ts';
import { wishes } from './wishes.ts';

const seed = process.env.FC_SEED === undefined ? {} : { seed: Number(process.env.FC_SEED) };

describe('the text of a rich text', () => {
  it.each([
    ['tags inside a word', 'The <b>un</b>believable <i>of</i><u>fer</u>', 'The unbelievable offer'],
    ['tags with attributes inside a word', 'un<span style="color: red" lang="en">believable</span>', 'unbelievable'],
    ['the same without spaces', '大<span style="x">阪</span>支店', '大阪支店'],
    ['unknown tags', '<o:p>un</o:p><x-y>believable</x-y>', 'unbelievable'],
    ['a place where a word may be broken', 'super<wbr>market mini&shy;bar', 'supermarket mini\u00adbar'],
    ['paragraphs', '<p>one</p><p>two</p>three<div>four</div>', 'one\ntwo\nthree\nfour'],
    ['line breaks', 'one<br>two<br/>three<BR />four', 'one\ntwo\nthree\nfour'],
    ['a list', '<ul><li>one</li><li>two</li></ul>', 'one\ntwo'],
    ['a table', '<table><tr><td>one</td><td>two</td></tr><tr><td>3</td></tr></table>', 'one two\n3'],
    ['named entities', 'M&uuml;nchen caf&eacute; R&amp;D &lt;tag&gt; &copy', 'München café R&D <tag> ©'],
    ['numbered entities', '&#77;&#x1F600; &#128; &#0;', 'M\u{1f600} € \ufffd'],
    ['invalid entities', 'AT&T &nosuch; & &;', 'AT&T &nosuch; & &;'],
    ['spaces that do not break', 'ends&nbsp;in&#160;M\u00a0x', 'ends in M x'],
    ['white space', '  one \n\t two  ', 'one two'],
    ['attributes', '<a href="https://example.com/track?utm_source=x" title="tip">click</a>', 'click'],
    ['scripts and styles', '<style>.x{color:crimson}</style>a<script>if (a < b) "<p>"</script>b', 'ab'],
    ['what is hidden otherwise', '<title>t</title><template>x<style>y</style>z</template><noscript>n</noscript>a', 'a'],
    ['comments and declarations', '<!DOCTYPE html><!-- a <b> -->x<![CDATA[y]]><?php z ?>', 'x'],
    ['CDATA that does not end', '<p>a<![CDATA[x></p><p>b</p>', 'a\nb'],
    ['CDATA with a sign of a tag', 'x <![CDATA[q > b]]> y', 'x b]]> y'],
    ['styles and titles of a drawing', '<svg><style/><title/>a</svg><p>b</p><style/>c</style>', 'a\nb'],
    ['a drawing that closes itself', '<svg/><style/>c</style>d', 'd'],
    ['nested templates', '<template><template>h</template>s</template>a', 'a'],
    ['the description of an image', 'a<img alt="Dragon&shy;fly &amp; co" src="x.png">b', 'a Dragon\u00adfly & co b'],
    ['an image without a description', '<img src="x" alt="User-added image"></img>a', 'a'],
    ['a formula with HYPERLINK', '<a href="/001000000000001" target="_blank">Acme &amp; Sons</a>', 'Acme & Sons'],
    ['a formula with IMAGE', '<img src="/img/flag_green.gif" alt="Green" border="0"/>', 'Green'],
    ['alt of another tag', '<input alt="no"><area alt="no">x', 'x'],
    ['a tag without an end', 'one <b>two <em', 'one two'],
    ['an attribute without an end', 'one <a href="two', 'one'],
    ['tags in the wrong order', '<b>one<i>two</b>three</i></p>', 'onetwothree'],
    ['a style without an end', 'one<style>two', 'one'],
    ['angle brackets that are not tags', '1 < 2, a<3, <>, x <', '1 < 2, a<3, <>, x <'],
    ['a zero-width space', 'zero&ZeroWidthSpace;width', 'zero\u200bwidth'],
    ['half of a surrogate pair', 'a\ud83d<b>b</b>', 'a\ud83db'],
    ['nothing', '<p><br></p>&nbsp;<p>&#8203;</p><img src="x.png">', ''],
  ])('%s', (_, html, text) => {
    expect(textOfHtml(html)).toBe(text);
  });

  it.each([
    ['nested tags', '<b>'.repeat(333_333)],
    ['nested blocks', '<div>'.repeat(200_000)],
    ['closing tags', `${'<b>'.repeat(100_000)}${'</i>'.repeat(100_000)}`],
    ['beginnings of tags', '<a '.repeat(333_333)],
    ['comments without an end', '<!--'.repeat(250_000)],
    ['scripts without an end', '<script>'.repeat(125_000)],
    ['ampersands', '&'.repeat(1_000_000)],
    ['beginnings of entities', '&am'.repeat(333_333)],
    ['spaces', `a${' '.repeat(999_998)}b`],
    ['line breaks', '<br>'.repeat(250_000)],
    ['an image inside the text', `<img src="data:image/png;base64,${'A'.repeat(900_000)}">`],
  ])('takes linear time for a million characters of %s', (_, html) => {
    expect(textOfHtml(`before ${html}`).startsWith('before')).toBe(true);
  });

  it('is read to its end for any content, and plain text is unchanged', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        '<',
        '>',
        '</',
        '/>',
        '<!--',
        '-->',
        '<b',
        '<img alt=',
        '"',
        "'",
        '&',
        '&#x',
        ';',
        '<style>',
        ' ',
      ),
      fc.string({ unit: 'binary' }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const html = pieces.join('');
        expect(textOfHtml(html).length).toBeLessThanOrEqual(html.length);
        expect(textOfHtml(`<p>known words</p>${html}`).split('\n')[0]).toBe('known words');
      }),
      seed,
    );
  });
});

const description = (name: string, type: string, htmlFormatted?: boolean) => ({
  name,
  type,
  permissionable: true,
  compoundFieldName: null,
  ...(htmlFormatted === undefined ? {} : { htmlFormatted }),
});

function selected(...extra: ObjectDescription['fields'][number][]): {
  facts: SchemaFacts;
  account: ObjectSchema;
} {
  const fields = [description('Name', 'string'), description('Description', 'textarea', false), ...extra];
  const choice = { on: true, add: ['*__c'], leaveOut: [], title: null, where: null };
  const described = new Map([['Account', { name: 'Account', fields }]]);
  const { facts, objects } = resolveFields(described, wishes({ settings: { Account: choice } }));
  return { facts, account: objects.Account };
}

describe('a record', () => {
  const html = '<p>R&amp;D in <b>Mün</b>chen</p>';
  const row = { Id: recordId('001', 1), Name: 'a < b &amp; <b>c</b>', Description: html, Notes__c: html };
  const fieldsOf = (schema: ObjectSchema, raw: Record<string, unknown> = row) => {
    const write = recordOf(schema, raw, 1);
    return isRecord(write) ? write.fields : null;
  };

  it('has the text of its rich text fields, and every other field as it is', () => {
    const { account } = selected(description('Notes__c', 'textarea', true), description('Link__c', 'string', true));
    expect(account.richFields).toEqual(['Notes__c', 'Link__c']);
    expect(fieldsOf(account)).toEqual({ Name: row.Name, Description: html, Notes__c: 'R&D in München' });
    const empty = { ...row, Notes__c: '<p><br></p>', Link__c: '<a href="/x">Acme</a>' };
    expect(fieldsOf(account, empty)).toEqual({ Name: row.Name, Description: html, Link__c: 'Acme' });
  });

  it('is read again when one of its fields becomes rich text, or stops being rich text', () => {
    const plain = selected(description('Notes__c', 'textarea', false));
    const rich = selected(description('Notes__c', 'textarea', true));
    expect(plain.account.fields).toEqual(rich.account.fields);
    expect(plain.facts).toEqual(selected(description('Notes__c', 'textarea')).facts);
    const isOther = { code: 'shown_differently', object: 'Account', field: 'Notes__c' };
    expect(schemaChanges(plain.facts, rich.facts)).toEqual([isOther]);
    expect(schemaChanges(rich.facts, plain.facts)).toEqual([isOther]);
    expect(schemaChanges(rich.facts, rich.facts)).toEqual([]);
    expect(schemaChanges(selected().facts, rich.facts)).toEqual([
      { code: 'fields_added', object: 'Account', fields: ['Notes__c'] },
    ]);
  });

  it('has none if its object is not visible', () => {
    expect(richTextFields(null, ['Name'])).toEqual([]);
  });
});

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { indexAt } from '../../src/index/location.ts';
import { openIndexReader } from '../../src/index/open.ts';
import type { IndexReader } from '../../src/index/port/reader.ts';
import { textOfHtml } from '../../src/sync/rich-text.ts';
import { caseOf, indexOfOrg, ownerShare } from './index-of-org.ts';
import { idOf } from './large-org.ts';

const CASES = 60;
const LIMIT = 50;
const LENGTH = 131_000;
const ROUNDS = 10;

/** Texts without a word that the questions ask for, except for the first and the last word. */
const JAPANESE = 'ポンプの点検を行いました。異常はありませんが、次回は「部品」を交換してください！（担当：田中）　';
const THAI = 'ลูกค้าแจ้งว่าเครื่องปั๊มน้ำมีเสียงดังผิดปกติ ช่างเข้าตรวจสอบแล้วพบว่าต้องเปลี่ยนอะไหล่ ';
const GERMAN = 'Die Pumpe läuft wieder, größere Schäden wurden nicht gefunden; Rückruf an Herrn Müller. ';
const ENGLISH = 'The pump is running again, no further damage was found; please call Mr Miller back. ';
const HINDI = 'ग्राहक ने बताया कि पंप से आवाज़ आ रही है और पुर्ज़ा बदलना होगा। ';

const long = (first: string, filler: string, last: string): string =>
  `${first}${filler.repeat(Math.ceil(LENGTH / filler.length)).slice(0, LENGTH - first.length - last.length)}${last}`;

/** For each language: the text of its cases, and the questions. */
const LANGUAGES: Readonly<Record<string, { readonly text: string; readonly questions: readonly string[] }>> = {
  'short English': { text: `Turbine at first. ${ENGLISH} Boiler`, questions: ['turbine', 'boiler'] },
  English: {
    text: long('Turbine at first. ', ENGLISH, ' Boiler'),
    questions: ['turbine', 'boiler', 'a', 'pump damage boiler'],
  },
  German: { text: long('Turbine zuerst. ', GERMAN, ' Größe'), questions: ['turbine', 'größe', 'a'] },
  Japanese: {
    text: long('東京電力', JAPANESE, '大阪支店'),
    questions: ['東京電力', '大阪支店', 'の', '東', '点検 部品 担当 交換 大阪 次回 異常 田中', '存在'],
  },
  Thai: { text: long('โรงแรม', THAI, 'กรุงเทพ'), questions: ['โรงแรม', 'กรุงเทพ', 'ก', 'ช่าง อะไหล่ น้ำ กรุงเทพ'] },
  Hindi: { text: long('किताब ', HINDI, ' दुकान'), questions: ['किताब', 'दुकान'] },
  'Japanese rich text': {
    text: textOfHtml(`<p>${long('東京電力', `${JAPANESE}</p><p>`, '<b>大阪</b>支店')}</p>`),
    questions: ['東京電力', '大阪支店'],
  },
};

/** Measures a page of hits whose texts are as long as Salesforce allows, beside one with short texts. */
export async function benchLongTexts(): Promise<void> {
  const least = new Map<string, number>();
  for (const [language, { text, questions }] of Object.entries(LANGUAGES)) {
    const folder = mkdtempSync(join(tmpdir(), 'bench-long-'));
    const path = join(folder, 'index.db');
    try {
      const filled = await fill(path, text);
      process.stdout.write(
        `${language}: ${text.length} characters, ${CASES} cases written in ${filled.toFixed(0)} ms\n`,
      );
      const index = await openIndexReader({ index: indexAt(path) });
      for (const question of questions) least.set(`${language}: ${question}`, await ask(index, question));
      await index.close();
    } finally {
      rmSync(folder, { recursive: true });
    }
  }
  const [[, base] = ['', 1]] = least;
  for (const [name, ms] of least)
    process.stdout.write(`${name}: ${ms.toFixed(1)} ms, ${(ms / base).toFixed(1)} times a short text\n`);
}

async function ask(index: IndexReader, question: string): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const begun = performance.now();
    const { hits } = await index.search(question, { as: idOf('005', 0), limit: LIMIT });
    times.push(performance.now() - begun);
    if (round > 0) continue;
    const shown = hits.filter(({ snippet }) => snippet.includes('⟦')).length;
    process.stdout.write(
      `  ${question}: ${hits.length} hits, ${shown} with a snippet, first call ${times[0]?.toFixed(1)} ms\n`,
    );
  }
  // Other load on the machine only adds to the time.
  return Math.min(...times);
}

/** Returns the milliseconds of the write alone. */
async function fill(path: string, text: string): Promise<number> {
  const { store, fence } = await indexOfOrg(path, 5_000);
  const records = Array.from({ length: CASES }, (_, at) => caseOf(at, 0, { Subject: `case ${at}`, Description: text }));
  const shares = records.map(ownerShare);
  const begun = performance.now();
  await store.write(fence, { records, shares });
  const took = performance.now() - begun;
  await store.close();
  return took;
}

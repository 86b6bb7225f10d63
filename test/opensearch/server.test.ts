import { describe, expect, it } from 'vitest';
import { START_MS } from './process.ts';
import { NO_OPENSEARCH, openSearchUrl } from './server.ts';

describe.skipIf(NO_OPENSEARCH !== null)('the OpenSearch that tests share', () => {
  it(
    'is one',
    async () => {
      const [url, again] = await Promise.all([openSearchUrl(), openSearchUrl()]);
      expect(again).toBe(url);
      const answer = await fetch(url ?? '');
      expect(await answer.json()).toMatchObject({ version: { distribution: 'opensearch' } });
    },
    START_MS,
  );
});

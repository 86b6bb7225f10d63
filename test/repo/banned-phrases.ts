import { passagesOf } from './prose.ts';

/** Phrases that make a reader stop, each with what to write instead. */

interface Banned {
  readonly pattern: RegExp;
  /** What the pattern finds, for the tests below. */
  readonly example: string;
  readonly instead: string;
}

/** Where a sentence begins. */
const START = String.raw`(?:^|[.!?:;]\s|\*\*\s|[(]\s?)`;
/** Where a clause ends. */
const END = String.raw`(?=\s*(?:[.,;:!?)\]–]|$))`;

const BANNED: readonly Banned[] = [
  { pattern: /\bmanieth\b/i, example: 'every so manieth run', instead: 'every Nth' },
  { pattern: /\banew\b/i, example: 'it is built anew', instead: 'again; "rebuilds"' },
  { pattern: /\bbut for\b/i, example: 'all but for the last', instead: 'except' },
  { pattern: /\bmend(?:s|ed|ing)?\b/i, example: 'the step to mend', instead: 'fix, correct' },
  { pattern: /\bso many\b/i, example: 'reads so many rows', instead: 'that many; the number' },
  { pattern: /\b(?:who|what|which|where)ever\b/i, example: 'whoever reads it', instead: 'anyone who; what; any' },
  {
    pattern: /\b(?:that|which|who) (?:is|are|was|were) none\b/i,
    example: 'an id that is none',
    instead: 'not an id; invalid',
  },
  { pattern: /\b(?:tell|tells|told|telling) of\b/i, example: 'the run tells of it', instead: 'reports, says' },
  {
    pattern: /(?<!\b(?:is|are|was|were|be|been|being) )\b(?:tell|tells|told) (?:texts?|lines?|it|a text|a line)\b/i,
    example: 'an older worker told a text alone',
    instead: 'report, give',
  },
  {
    pattern: /\b(?:is|are|was|were|be|been|being) told\b/i,
    example: 'the run is told it',
    instead: 'report; say; learn',
  },
  {
    pattern: new RegExp(String.raw`${START}Of (?!course\b)`),
    example: 'Of the rows that came',
    instead: 'begin with the subject',
  },
  {
    pattern: /\b(?:is|are|was|were) to be [a-z]+(?:ed|en|wn|ght|ld|ad|pt|nt|un)\b/i,
    example: 'it is to be removed',
    instead: 'must be',
  },
  {
    pattern: /\bc[oa]m(?:e|es|ing) to (?:its|their|an|the) end\b/i,
    example: 'it comes to its end',
    instead: 'finishes, ends',
  },
  {
    pattern: new RegExp(
      String.raw`${START}(?:One (?:that|who|whose|which)|That which|Who (?:may not|cannot|can not))\b`,
    ),
    example: 'One that is late waits',
    instead: 'name the thing: "a late row", "users who cannot"',
  },
  {
    pattern: new RegExp(String.raw`(?<!\bthere (?:is|are|was|were) )\bno more${END}`, 'i'),
    example: 'it is seen no more.',
    instead: 'no longer',
  },
  { pattern: /\bas many as there are\b/i, example: 'as many as there are', instead: 'all; N' },
  { pattern: /\bever one\b/i, example: 'ever one of each', instead: 'one of each' },
  {
    pattern:
      /[,;:–] for (?:(?:they|he|she|we|there|nobody|nothing)\b|(?!\w*\s?(?:that|who|whose|which|what|whom)\b)(?:(?!that\b|who\b|whose\b|which\b|what\b|whom\b|where\b|when\b|if\b)[a-z]+ ){1,3}(?:is|are|was|were|has|have|had|may|can|cannot|could|would|will|must|does|do|did|lacks?|needs?)\b)/i,
    example: 'it waits, for the org is slow',
    instead: 'because',
  },
  { pattern: /\blest\b/i, example: 'lest it fails', instead: 'so that … not' },
  { pattern: /\b(?:there|where)(?:of|to|in|upon)\b/i, example: 'a part thereof', instead: 'of it' },
  { pattern: /\bof late\b/i, example: 'slow of late', instead: 'recently' },
  { pattern: /\bjudg(?:e|es|ed|ing|e?ment)\b/i, example: 'judges the rows', instead: 'decide, check' },
  { pattern: /\bst(?:ands?|ood)\b(?!-| (?:in )?for\b)/i, example: 'it stands in the file', instead: 'is' },
  {
    pattern: new RegExp(
      String.raw`\bthe same holds\b|\bholds? (?:true|good)\b|\b(?:rules?|promises?|reasons?) holds?\b|\b(?:none|this) holds${END}`,
      'i',
    ),
    example: 'the same holds for groups',
    instead: 'is true; applies',
  },
  { pattern: /\b(?:go|goes|going|went|gone) on\b/i, example: 'the run goes on', instead: 'continues, resumes' },
  {
    pattern: /\bstays? kept\b/i,
    example: 'the document stays kept',
    instead: 'remains, stays',
  },
  {
    pattern: /\bby (?:itself|themselves|himself|herself|oneself)\b/i,
    example: 'it ends by itself',
    instead: 'alone; or nothing',
  },
  { pattern: new RegExp(String.raw`\bat that${END}`, 'i'), example: 'and slow at that.', instead: 'too; or nothing' },
  { pattern: /\bbesides\b/i, example: 'and besides', instead: 'also' },
  { pattern: /\bas good as\b/i, example: 'as good as gone', instead: 'almost; like' },
  {
    pattern: new RegExp(String.raw`\b(?:is|are|was|were|be) (?:it |all |not |still )?well(?:${END}| again\b)`, 'i'),
    example: 'Is it well?',
    instead: 'healthy',
  },
  { pattern: /\bin one go\b/i, example: 'all in one go', instead: 'synchronously; at once' },
  {
    pattern:
      /\b(?:lies?|lay|lain)\b(?= (?:ahead|above|below|before|after|behind|between|in|on|beside|under|within|outside|there|far|more|less|at|later|earlier)\b)/i,
    example: 'the time lies after it',
    instead: 'is',
  },
];

/** Terms that the glossary has another word for. */
const OLD_TERMS: readonly Banned[] = [
  { pattern: /\brhythms?\b/i, example: 'the rhythm of runs', instead: 'cadence' },
  { pattern: /\bunmet\b/i, example: 'unmet documents', instead: 'not seen' },
  { pattern: /\bunreached\b/i, example: 'unreached documents', instead: 'orphaned principals' },
  { pattern: /\bnear[- ]names?\b/i, example: 'near names', instead: 'did-you-mean' },
];

export const PHRASES = [...BANNED, ...OLD_TERMS];

/** The banned phrases in what a person reads in a file, each with its place and what to write instead. */
export function phrasesIn(path: string, text: string): string[] {
  return passagesOf(path, text).flatMap(({ line, text: passage }) =>
    PHRASES.flatMap(({ pattern, instead }) => {
      const found = pattern.exec(passage);
      if (found === null) return [];
      const around = passage.slice(Math.max(0, found.index - 20), found.index + found[0].length + 20).trim();
      return [`${path}:${line}: "${around}" (instead of "${found[0].trim()}": ${instead})`];
    }),
  );
}

import { describe, expect, it } from 'vitest';
import { readFlags, wholeNumber } from '../../tools/bench/flags.ts';

const FLAGS = { usage: 'bench [--rounds N]', options: { rounds: { type: 'string', default: '1' } } } as const;

describe('the flags of a bench', () => {
  it('have their defaults', () => {
    expect(readFlags([], FLAGS).rounds).toBe('1');
    expect(readFlags(['--rounds', '3'], FLAGS).rounds).toBe('3');
  });

  it('that do not exist are refused with the usage', () => {
    expect(() => readFlags(['--round', '3'], FLAGS)).toThrow("Unknown option '--round'. Usage: bench [--rounds N]");
    expect(() => readFlags(['three'], FLAGS)).toThrow('Usage: bench [--rounds N]');
  });

  it.each(['', ' ', 'x', '1.5', '-1', '0', 'NaN'])('are refused if they are no whole number: %j', (text) => {
    expect(() => wholeNumber('rounds', text, 1)).toThrow(`--rounds is '${text}': write a whole number, 1 or more.`);
  });

  it('may be the lowest number', () => {
    expect(wholeNumber('rounds', '1', 1)).toBe(1);
  });
});

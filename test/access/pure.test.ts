import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const FOLDER = new URL('../../src/access/', import.meta.url);
const ALLOWED = /^\.\/[\w-]+\.ts$|^\.\.\/objects\/index\.ts$/;
const REACHES_OUT =
  /\b(?:process|fetch|setTimeout|setInterval|Date\.now|performance|console)\b|new Date\(\)|\bimport\(/;

function importsOf(source: string): string[] {
  return [...source.matchAll(/\bfrom '([^']+)'/g)].map((match) => match[1] ?? '');
}

test('the access rules do no I/O: they import each other and the objects, and ask for no clock', () => {
  const files = readdirSync(FOLDER);
  expect(files.length).toBeGreaterThan(10);
  for (const file of files) {
    const source = readFileSync(new URL(file, FOLDER), 'utf8');
    for (const imported of importsOf(source)) expect(imported, file).toMatch(ALLOWED);
    expect(source, file).not.toMatch(REACHES_OUT);
  }
});

test('control: a file that did would be found', () => {
  for (const imported of importsOf("import { readFileSync } from 'node:fs';\nimport axios from 'axios';"))
    expect(imported).not.toMatch(ALLOWED);
  for (const source of ['const now = Date.now();', 'await fetch(url)', 'new Date()'])
    expect(source).toMatch(REACHES_OUT);
});

import { expect, test } from 'vitest';
import { componentsOf } from '../../src/access/components.ts';

test.each<[string, Record<string, string[]>, string[][]]>([
  ['a node without edges is a component of its own', { a: [], b: [] }, [['a'], ['b']]],
  ['what a node leads to comes before it', { a: ['b'], b: ['c'], c: [] }, [['c'], ['b'], ['a']]],
  ['a node that leads to itself is a component of its own', { a: ['a'] }, [['a']]],
  ['a cycle is one component', { a: ['b'], b: ['c'], c: ['a'] }, [['a', 'b', 'c']]],
  ['cycles that meet are one component', { a: ['b'], b: ['a', 'c'], c: ['b', 'd'], d: [] }, [['d'], ['a', 'b', 'c']]],
  [
    'cycles with edges in only one direction are two components',
    { a: ['b'], b: ['a', 'c'], c: ['d'], d: ['c'] },
    [
      ['c', 'd'],
      ['a', 'b'],
    ],
  ],
  [
    'a node that is reached twice comes once',
    { a: ['b', 'c'], b: ['d'], c: ['d'], d: [] },
    [['d'], ['b'], ['c'], ['a']],
  ],
  ['edges to an unknown node are left out', { a: ['x', 'b'], b: ['x'] }, [['b'], ['a']]],
])('%s', (_, graph, expected) => {
  const components = componentsOf(
    Object.keys(graph),
    (node) => graph[node] ?? [],
    (id) => id in graph,
  );
  expect(components.map((component) => component.toSorted())).toEqual(expected);
});

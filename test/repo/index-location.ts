import { parseSync, Visitor } from 'oxc-parser';

/** Returns the places of a source text that take the path out of an index's location: `index.path` and the like. */
export function pathsTakenOut(file: string, text: string): string[] {
  const { program, errors } = parseSync(file, text);
  if (errors.length > 0) throw new Error(`${file} cannot be parsed: ${errors[0]?.message}`);
  const found: string[] = [];
  const note = ({ start, end }: { start: number; end: number }) => found.push(text.slice(start, end));
  new Visitor({
    MemberExpression: (node) => {
      if (isLocation(node.object) && nameAt(node, 'property') === 'path') note(node);
    },
    VariableDeclarator: (node) => {
      if (isLocation(node.init) && takesPath(node.id)) note(node);
    },
    Property: (node) => {
      if (nameAt(node, 'key') === 'index' && takesPath(node.value)) note(node);
    },
    ObjectPattern: (node) => {
      const declared = nameAt(node, 'typeAnnotation', 'typeAnnotation', 'typeName');
      if (declared === 'IndexLocation' && takesPath(node)) note(node);
    },
  }).visit(program);
  return found;
}

/** Returns what is at these keys of a node; undefined: nothing. */
function at(node: unknown, ...keys: string[]): unknown {
  return keys.reduce<unknown>((inner, key) => (inner as Readonly<Record<string, unknown>> | null)?.[key], node);
}

function nameAt(node: unknown, ...keys: string[]): unknown {
  return at(node, ...keys, 'name');
}

/** An expression that is called a location: `index`, `location`, `config.index`. */
function isLocation(node: unknown): boolean {
  const name = nameAt(node) ?? nameAt(node, 'property');
  return name === 'index' || name === 'location';
}

function takesPath(node: unknown): boolean {
  const properties = at(node, 'type') === 'ObjectPattern' ? at(node, 'properties') : [];
  return (properties as readonly unknown[]).some((property) => nameAt(property, 'key') === 'path');
}

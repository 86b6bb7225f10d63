import { parseSync, type TSType } from 'oxc-parser';

/** One kind of a value: its codes, and the names of their data. */
export interface Coded {
  readonly codes: readonly string[];
  readonly data: readonly string[];
}

/** The types that type parameters represent. */
type Given = ReadonlyMap<string, TSType>;

const NOTHING: Given = new Map();

/** The types that a source text declares. */
export class DeclaredTypes {
  readonly #aliases = new Map<string, { readonly parameters: readonly string[]; readonly type: TSType }>();
  readonly #interfaces = new Map<string, readonly string[]>();
  /** The property that distinguishes the kinds. */
  readonly #key: string;

  constructor(text: string, key = 'code') {
    this.#key = key;
    const { program, errors } = parseSync('types.ts', text);
    if (errors.length > 0) throw new Error(`cannot be parsed: ${errors[0]?.message}`);
    for (const statement of program.body) {
      const declared = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement;
      if (declared?.type === 'TSTypeAliasDeclaration')
        this.#aliases.set(declared.id.name, {
          parameters: declared.typeParameters?.params.map(({ name }) => name.name) ?? [],
          type: declared.typeAnnotation,
        });
      if (declared?.type === 'TSInterfaceDeclaration')
        this.#interfaces.set(declared.id.name, namesOf(declared.body.body));
    }
  }

  /** The kinds of a union. */
  kinds(name: string): Coded[] {
    return this.#kinds(this.#alias(name).type, NOTHING);
  }

  /** The texts of a union. */
  texts(name: string): string[] {
    return this.#texts(this.#alias(name).type, NOTHING);
  }

  /** The fields of an interface. */
  fields(name: string): readonly string[] {
    const fields = this.#interfaces.get(name);
    if (fields === undefined) throw new Error(`there is no interface ${name}`);
    return fields;
  }

  #alias(name: string) {
    const alias = this.#aliases.get(name);
    if (alias === undefined) throw new Error(`there is no type ${name}`);
    return alias;
  }

  #kinds(type: TSType, given: Given): Coded[] {
    switch (type.type) {
      case 'TSParenthesizedType':
        return this.#kinds(type.typeAnnotation, given);
      case 'TSUnionType':
        return type.types.flatMap((one) => this.#kinds(one, given));
      case 'TSIntersectionType':
        return type.types.map((one) => this.#kinds(one, given)).reduce(both);
      case 'TSConditionalType':
        return this.#kinds(type.trueType, given);
      case 'TSTypeReference':
        return this.#named(type, given, (of, inner) => this.#kinds(of, inner));
      case 'TSTypeLiteral': {
        const key = type.members.find((member) => namesOf([member])[0] === this.#key);
        const value = key?.type === 'TSPropertySignature' ? key.typeAnnotation?.typeAnnotation : undefined;
        const codes = value === undefined ? [] : this.#texts(value, given);
        return [{ codes, data: namesOf(type.members).filter((name) => name !== this.#key) }];
      }
      default:
        throw new Error(`the type ${type.type} is not supported here`);
    }
  }

  #texts(type: TSType, given: Given): string[] {
    if (type.type === 'TSLiteralType' && type.literal.type === 'Literal') return [String(type.literal.value)];
    if (type.type === 'TSUnionType') return type.types.flatMap((one) => this.#texts(one, given));
    if (type.type === 'TSTypeReference') return this.#named(type, given, (of, inner) => this.#texts(of, inner));
    throw new Error(`${type.type} is not a text`);
  }

  #named<T>(
    { typeName, typeArguments }: Extract<TSType, { type: 'TSTypeReference' }>,
    given: Given,
    read: (type: TSType, given: Given) => T,
  ): T {
    const name = typeName.type === 'Identifier' ? typeName.name : '';
    const stands = given.get(name);
    if (stands !== undefined) return read(stands, NOTHING);
    const { parameters, type } = this.#alias(name);
    const values = typeArguments?.params ?? [];
    return read(type, new Map(parameters.flatMap((parameter, at) => (values[at] ? [[parameter, values[at]]] : []))));
  }
}

function namesOf(members: readonly { readonly type: string; readonly key?: unknown }[]): string[] {
  return members.flatMap(({ key }) => {
    const { name } = (key ?? {}) as { readonly name?: string };
    return name === undefined ? [] : [name];
  });
}

/** The intersection of both types: each kind of the one with each kind of the other. */
function both(some: readonly Coded[], others: readonly Coded[]): Coded[] {
  return some.flatMap((one) =>
    others.map((other) => ({ codes: [...one.codes, ...other.codes], data: [...one.data, ...other.data] })),
  );
}

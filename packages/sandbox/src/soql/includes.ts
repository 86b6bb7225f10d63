import type { Literal } from './ast.ts';
import { errorAt } from './errors.ts';
import { type Compared, filterValue, mayBeOfOtherType, type Sql } from './filter.ts';
import type { QueryContext } from './scope.ts';
import { unescapeString } from './strings.ts';

/**
 * Compiles `INCLUDES ('A;B', 'C')`: both A and B are selected, or C is. `EXCLUDES` (`negated`) matches all other rows,
 * including those without a value. Throws `SoqlError` for a field that isn't a multi-select picklist.
 */
export function compileIncludes(
  sql: string,
  compared: Compared,
  negated: boolean,
  list: readonly Literal[],
  context: QueryContext,
): Sql {
  if (compared.type !== 'multipicklist' && !mayBeOfOtherType(compared))
    throw errorAt(context.soql, compared.at, 'INVALID_FIELD', `invalid operator on ${compared.type} field`);
  const alternatives = list.map((literal) => {
    if (literal.kind !== 'string') {
      filterValue(compared, literal, context);
      return [];
    }
    return unescapeString(literal.raw).split(';');
  });
  const chosen = `instr(lower(';' || ${sql} || ';'), lower(';' || ? || ';')) > 0`;
  const text = alternatives.map((parts) => (parts.length === 0 ? '0' : parts.map(() => chosen).join(' AND ')));
  const any = `(${text.join(' OR ')})`;
  return { text: negated ? `NOT ifnull(${any}, 0)` : any, values: alternatives.flat() };
}

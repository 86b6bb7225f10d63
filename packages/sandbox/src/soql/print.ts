import type { Condition, FieldItem, Literal, Operand, OrderItem, Path, Query, SelectItem } from './ast.ts';

/** Prints a query as SOQL. Parsing the result gives the same tree. */
export function print(query: Query): string {
  const parts = [
    `SELECT ${query.select.map(printSelectItem).join(', ')}`,
    `FROM ${query.from.object}${query.from.alias === null ? '' : ` ${query.from.alias}`}`,
  ];
  if (query.where !== null) parts.push(`WHERE ${printCondition(query.where)}`);
  if (query.groupBy.length > 0) parts.push(`GROUP BY ${query.groupBy.map(printPath).join(', ')}`);
  if (query.having !== null) parts.push(`HAVING ${printCondition(query.having)}`);
  if (query.orderBy.length > 0) parts.push(`ORDER BY ${query.orderBy.map(printOrderItem).join(', ')}`);
  if (query.limit !== null) parts.push(`LIMIT ${query.limit}`);
  if (query.offset !== null) parts.push(`OFFSET ${query.offset.count}`);
  if (query.allRows) parts.push('ALL ROWS');
  return parts.join(' ');
}

function printSelectItem(item: SelectItem): string {
  if (item.kind === 'children') return `(${print(item.query)})`;
  const text = item.kind === 'field' ? printField(item) : printOperand(item.call);
  return item.alias === null ? text : `${text} ${item.alias}`;
}

function printField({ path, asLabel }: FieldItem): string {
  return asLabel ? `toLabel(${printPath(path)})` : printPath(path);
}

function printPath(path: Path): string {
  return path.names.join('.');
}

function printOperand(operand: Operand): string {
  if (operand.kind === 'path') return printPath(operand.path);
  return `${operand.name}(${operand.path === null ? '' : printPath(operand.path)})`;
}

function printCondition(condition: Condition): string {
  switch (condition.kind) {
    case 'and':
    case 'or':
      return condition.terms.map(printTerm).join(condition.kind === 'and' ? ' AND ' : ' OR ');
    case 'not':
      return `NOT ${printTerm(condition.term)}`;
    case 'compare':
      return `${printOperand(condition.operand)} ${condition.comparison} ${printLiteral(condition.value)}`;
    case 'in': {
      const list =
        'select' in condition.values ? print(condition.values) : condition.values.map(printLiteral).join(', ');
      return `${printOperand(condition.operand)} ${condition.negated ? 'NOT IN' : 'IN'} (${list})`;
    }
    case 'includes': {
      const word = condition.negated ? 'EXCLUDES' : 'INCLUDES';
      return `${printOperand(condition.operand)} ${word} (${condition.values.map(printLiteral).join(', ')})`;
    }
  }
}

/** Prints a nested condition. Salesforce requires parentheses around it. */
function printTerm(condition: Condition): string {
  const text = printCondition(condition);
  return ['compare', 'in', 'includes'].includes(condition.kind) ? text : `(${text})`;
}

function printOrderItem(item: OrderItem): string {
  const nulls = item.nulls === null ? '' : ` NULLS ${item.nulls.toUpperCase()}`;
  return `${printOperand(item.operand)}${item.descending ? ' DESC' : ''}${nulls}`;
}

function printLiteral(literal: Literal): string {
  switch (literal.kind) {
    case 'string':
      return `'${literal.raw}'`;
    case 'boolean':
      return String(literal.value);
    case 'null':
      return 'null';
    case 'dateFunction':
      return literal.count === null ? literal.name : `${literal.name}:${literal.count}`;
    default:
      return literal.raw;
  }
}

import fs from 'node:fs';
import path from 'node:path';
import { parseSync } from '@swc/core';

/**
 * No query is put together from strings: what varies is a parameter. A text counts as SQL when it begins as a statement
 * does, or when what varies stands where SQL would expect a name or a value. Outside functions a text may be made of
 * parts: nothing that anybody asks for can be there.
 */
const STATEMENT =
  /^\s*(select\s|insert\s+into\s|update\s+[\w".]+\s+(\w+\s+)?set\s|delete\s+from\s|with\s+\w+\s+as\s|merge\s+into\s|(create|alter|drop)\s+(or\s+replace\s+)?(unique\s+)?(table|index|sequence|database|schema|role|user|trigger|function|view|type)\s|truncate\s|copy\s\w+|set\s+(local|session)\s|notify\s|listen\s)/i;
const PLACE =
  /(\b(where|and|having|on)\s+[\w".]+\s*(=|<>|!=|<=|>=|<|>|i?like|in|any)|\b(order|group)\s+by|\blimit|\boffset|\breturning|\bvalues)\s*\(?\s*'?$/i;

/** Names of databases and roles cannot be parameters; these are made by us, and quoted. */
const FREE = ['adapters/postgres/embedded/'];

type Node = { type: string; span: { start: number; end: number } } & Record<string, unknown>;
type Quasi = { raw: string };

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && 'type' in value;
/** Prose begins with one large letter, SQL with none or all. */
const isStatement = (text: string): boolean => STATEMENT.test(text) && /^\s*([a-z]+|[A-Z]+)\s/.test(text);
const isSql = (parts: readonly string[]): boolean =>
  isStatement(parts[0]!) || parts.slice(0, -1).some((part) => PLACE.test(part));
const FUNCTIONS = new Set([
  'FunctionDeclaration',
  'FunctionExpression',
  'ArrowFunctionExpression',
  'ClassMethod',
  'MethodProperty',
]);

/** The text of a literal or of a template, its holes left out; undefined for everything else. */
function textOf(node: unknown): string | undefined {
  if (!isNode(node)) return undefined;
  if (node.type === 'StringLiteral') return String(node['value']);
  if (node.type === 'TemplateLiteral') return (node['quasis'] as Quasi[]).map((quasi) => quasi.raw).join('?');
  return undefined;
}

/** Texts of SQL in `source` that are put together at run time. */
function composed(source: string): string[] {
  const found: string[] = [];
  const visit = (value: unknown, inFunction: boolean): void => {
    if (typeof value !== 'object' || value === null) return;
    const text = inFunction && isNode(value) ? faultIn(value) : undefined;
    if (text !== undefined) found.push(text.trim().replaceAll(/\s+/g, ' ').slice(0, 80));
    const within = inFunction || (isNode(value) && FUNCTIONS.has(value.type));
    for (const inner of Object.values(value)) visit(inner, within);
  };
  visit(parseSync(source, { syntax: 'typescript', tsx: false }), false);
  return found;
}

function faultIn(node: Node): string | undefined {
  switch (node.type) {
    case 'TemplateLiteral': {
      const parts = (node['quasis'] as Quasi[]).map((quasi) => quasi.raw);
      return parts.length > 1 && isSql(parts) ? parts.join('${…}') : undefined;
    }
    case 'BinaryExpression': {
      if (node['operator'] !== '+') return undefined;
      const left = textOf(node['left']);
      const right = textOf(node['right']);
      if (left !== undefined && isSql([left, ''])) return left;
      return right !== undefined && isStatement(right) ? right : undefined;
    }
    case 'AssignmentExpression': {
      const text = node['operator'] === '+=' ? textOf(node['right']) : undefined;
      return text !== undefined && isSql([text, '']) ? text : undefined;
    }
    case 'ArrayExpression': {
      const elements = (node['elements'] as ({ expression: unknown } | null)[]).map((one) => textOf(one?.expression));
      return elements.length > 1 ? elements.find((text) => text !== undefined && isStatement(text)) : undefined;
    }
    case 'CallExpression': {
      // 'select …'.replace('?', value), 'select …'.concat(value)
      const callee = node['callee'] as Node;
      const text = callee.type === 'MemberExpression' ? textOf(callee['object']) : undefined;
      const method = isNode(callee['property']) ? callee['property']['value'] : undefined;
      const changes = ['replace', 'replaceAll', 'concat'].includes(String(method));
      return changes && text !== undefined && isStatement(text) ? text : undefined;
    }
    default:
      return undefined;
  }
}

const root = path.resolve(import.meta.dirname, '..');
function* sources(folder: string): Generator<string> {
  for (const entry of fs.readdirSync(path.join(root, folder), { withFileTypes: true })) {
    const place = path.posix.join(folder, entry.name);
    if (entry.isDirectory()) {
      if (!['node_modules', 'dist', 'widget'].includes(entry.name)) yield* sources(place);
    } else if (entry.name.endsWith('.ts') && !entry.name.endsWith('.test.ts')) yield place;
  }
}

test('no query of ours is put together from strings', () => {
  const files = [...sources('core'), ...sources('adapters'), ...sources('composition'), 'main.ts'].filter(
    (file) => !FREE.some((folder) => file.startsWith(folder)),
  );
  expect(files.length).toBeGreaterThan(80);
  expect(
    files.flatMap((file) => composed(fs.readFileSync(path.join(root, file), 'utf8')).map((text) => `${file}: ${text}`)),
  ).toEqual([]);
});

test.each([
  'pool.query(`select * from users where id = ${id}`)',
  'pool.query(`select * from users order by ${column}`)',
  'pool.query(`\n  SELECT 1 FROM ${table}`)',
  'pool.query(`insert into faqs (a) values (${a})`)',
  "pool.query(`${base} where name = '${name}'`)",
  'const tail = ` order by ${column} limit ${limit}`',
  "pool.query('select * from users where id = ' + id)",
  "pool.query('select * from users where name = \\'' + name + '\\'')",
  "let text = 'x'; text += ' where id = ' + id",
  "pool.query(['select * from', table].join(' '))",
  "pool.query('select * from users where id = ?'.replace('?', id))",
  "pool.query('delete from users where id = '.concat(id))",
  'em.execute(raw(`update users set name = ${name}`))',
  'const f = () => `drop table ${name}`',
])('the scan finds %s', (source) => {
  expect(composed(`function run() { ${source} }`)).not.toEqual([]);
});

test.each([
  "pool.query('select * from users where id = $1', [id])",
  'pool.query(`select a\n  from b where c = $1`, [c])',
  'throw invalid(`Select one of ${names}.`)',
  'throw conflict(`It can become ${states.join(", ")}, and that is on ${day}.`)',
  'const limit = `The limit is ${limit}, values above it are refused.`',
  "const words = ['select', 'where'];",
  "const path = '/update/' + id",
])('the scan passes %s', (source) => {
  expect(composed(`function run() { ${source} }`)).toEqual([]);
});

test('a text that is made of parts once, when its file is read, is a constant', () => {
  expect(composed('const open = "true"; const ALL = { text: `select 1 from x where ${open}` };')).toEqual([]);
});

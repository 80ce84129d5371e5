import ts from 'typescript';
import { Failure } from './failure.ts';

const parsed = (text: string) => ts.createSourceFile('edited.ts', text, ts.ScriptTarget.Latest, true);

function* nodesOf(node: ts.Node): Generator<ts.Node> {
  yield node;
  for (const child of node.getChildren()) yield* nodesOf(child);
}

/** First node of a file that passes a test. @throws Failure without one */
function find<T extends ts.Node>(text: string, what: string, is: (node: ts.Node) => node is T): T {
  for (const node of nodesOf(parsed(text))) if (is(node)) return node;
  throw new Failure(`There is no ${what} to add to; where it was, the generator has to be told.`);
}

const spliced = (text: string, at: number, inserted: string) => text.slice(0, at) + inserted + text.slice(at);

/** The expression without `as const satisfies Y`. */
function bare(expression: ts.Expression): ts.Expression {
  return ts.isAsExpression(expression) ||
    ts.isSatisfiesExpression(expression) ||
    ts.isParenthesizedExpression(expression)
    ? bare(expression.expression)
    : expression;
}

const isVariable =
  (name: string) =>
  (node: ts.Node): node is ts.VariableDeclaration =>
    ts.isVariableDeclaration(node) && node.name.getText() === name && node.initializer !== undefined;

/**
 * The value of a constant, and of members in it: `['walletService', 'entities']`. A number names an
 * argument of a call.
 */
function valueAt(text: string, [name, ...members]: readonly [string, ...string[]]): ts.Expression {
  const what = [name, ...members].join('.');
  let value = bare(find(text, what, isVariable(name)).initializer!);
  for (const member of members) {
    const inner = ts.isCallExpression(value) ? value.arguments[Number(member)] : undefined;
    const property = ts.isObjectLiteralExpression(value) ? memberOf(value, member) : undefined;
    const found = inner ?? property?.initializer;
    if (found === undefined) throw new Failure(`There is no ${what} to add to.`);
    value = bare(found);
  }
  return value;
}

function memberOf(object: ts.ObjectLiteralExpression, name: string): ts.PropertyAssignment | undefined {
  return object.properties.find(
    (property): property is ts.PropertyAssignment =>
      ts.isPropertyAssignment(property) && property.name.getText() === name,
  );
}

/** True if a file has a constant of a name. */
export function hasConstant(text: string, name: string): boolean {
  return [...nodesOf(parsed(text))].some(isVariable(name));
}

/** Adds a named import, to the one from there or as one of its own. Types are imported as such. */
export function withImport(text: string, name: string, from: string, kind: 'value' | 'type' = 'value'): string {
  const imports = parsed(text).statements.filter(ts.isImportDeclaration);
  const same = imports.filter(({ moduleSpecifier }) => (moduleSpecifier as ts.StringLiteral).text === from);
  const named = (each: ts.ImportDeclaration) => each.importClause?.namedBindings;
  for (const each of same) {
    const bindings = named(each);
    if (!bindings || !ts.isNamedImports(bindings)) continue;
    if (bindings.elements.some((element) => element.name.text === name)) return text;
    const isOfTypes = each.importClause!.phaseModifier === ts.SyntaxKind.TypeKeyword;
    if (isOfTypes && kind === 'value') continue;
    return spliced(text, bindings.elements.at(-1)!.end, `, ${kind === 'type' && !isOfTypes ? 'type ' : ''}${name}`);
  }
  const line = `import ${kind === 'type' ? 'type ' : ''}{ ${name} } from '${from}';\n`;
  const before = imports.find((each) => isAfter((each.moduleSpecifier as ts.StringLiteral).text, from));
  if (before) return spliced(text, before.getStart(), line);
  const last = imports.at(-1);
  return last ? spliced(text, last.getEnd() + 1, line) : `${line}\n${text}`;
}

/** Relative imports stand after packages, each in the order of the alphabet. */
function isAfter(one: string, other: string): boolean {
  const isRelative = (path: string) => path.startsWith('.');
  if (isRelative(one) !== isRelative(other)) return isRelative(one);
  return one > other;
}

/** Adds an element at the end of a list: a constant, or a member of one. */
export function withElement(text: string, path: readonly [string, ...string[]], element: string): string {
  const list = valueAt(text, path);
  if (!ts.isArrayLiteralExpression(list)) throw new Failure(`${path.join('.')} is no list to add to.`);
  return spliced(text, ...endOf(list.elements, element));
}

/** Adds a member at the end of an object: a constant, or a member of one. */
export function withMember(text: string, path: readonly [string, ...string[]], member: string): string {
  const object = valueAt(text, path);
  if (!ts.isObjectLiteralExpression(object)) throw new Failure(`${path.join('.')} is no object to add to.`);
  return spliced(text, ...endOf(object.properties, member));
}

/** Adds an element to a list in an object, and the list if there is none yet. */
export function withListElement(text: string, object: string, list: string, element: string): string {
  const value = valueAt(text, [object]);
  if (!ts.isObjectLiteralExpression(value)) throw new Failure(`${object} is no object to add to.`);
  if (memberOf(value, list)) return withElement(text, [object, list], element);
  return withMember(text, [object], `${list}: [${element}]`);
}

/**
 * Adds an argument to the first call of one of these functions in a constant, unless it is there.
 * @throws Failure without such a call
 */
export function withNamedArgument(
  text: string,
  constant: string,
  functions: readonly string[],
  argument: string,
): string {
  const declared = find(text, constant, isVariable(constant));
  const call = [...nodesOf(declared)].find(
    (node): node is ts.CallExpression => ts.isCallExpression(node) && functions.includes(node.expression.getText()),
  );
  if (!call) throw new Failure(`${constant} carries no codes of commands (${functions.join(', ')}).`);
  if (call.arguments.some((each) => each.getText() === argument)) return text;
  return spliced(text, call.arguments.end, `${call.arguments.hasTrailingComma ? '' : ', '}${argument}`);
}

function endOf(nodes: ts.NodeArray<ts.Node>, added: string): readonly [number, string] {
  const separator = nodes.length === 0 || nodes.hasTrailingComma ? '' : ',';
  return [nodes.end, `${separator}\n${added},`];
}

/** Adds to a list of a module's `@Module({…})`, or to the constant that the list spreads. */
export function withNestProvider(
  text: string,
  list: 'controllers' | 'providers',
  constants: readonly string[],
  name: string,
): string {
  const spread = constants.find((constant) => hasConstant(text, constant));
  if (spread !== undefined) return withElement(text, [spread], name);
  const property = find(
    text,
    `list of ${list}`,
    (node): node is ts.PropertyAssignment =>
      ts.isPropertyAssignment(node) && node.name.getText() === list && ts.isArrayLiteralExpression(node.initializer),
  );
  return spliced(text, ...endOf((property.initializer as ts.ArrayLiteralExpression).elements, name));
}

/** Adds a method at the end of a class. */
export function withMethod(text: string, name: string, method: string): string {
  const found = find(
    text,
    `class ${name}`,
    (node): node is ts.ClassDeclaration => ts.isClassDeclaration(node) && node.name?.text === name,
  );
  return spliced(text, found.members.end, `\n\n${method}\n`);
}

/**
 * Adds a parameter property to the constructor of a class, unless it has one of that type, whose
 * name is returned then.
 */
export function withDependency(text: string, name: string, type: string, property: string): readonly [string, string] {
  const found = find(
    text,
    `class ${name}`,
    (node): node is ts.ClassDeclaration => ts.isClassDeclaration(node) && node.name?.text === name,
  );
  const constructor = found.members.find(ts.isConstructorDeclaration);
  const known = constructor?.parameters.find((parameter) => parameter.type?.getText() === type);
  if (known) return [text, known.name.getText()];
  const parameter = `private readonly ${property}: ${type}`;
  if (constructor) return [spliced(text, ...endOf(constructor.parameters, parameter)), property];
  return [spliced(text, found.members.pos, `\nconstructor(${parameter}) {}\n`), property];
}

/** Adds a statement before a constant of a file, after the one before that. */
export function withStatementBefore(text: string, constant: string, statement: string): string {
  const declaration = find(text, constant, isVariable(constant));
  const found = declaration.parent.parent;
  return spliced(text, found.getFullStart(), `\n\n${statement}`);
}

/** Adds a row to the table of a Markdown text after the last one that begins so. */
export function withRow(text: string, beginning: string, row: string): string {
  const lines = text.split('\n');
  const last = lines.findLastIndex((line) => line.startsWith(beginning));
  if (last < 0) throw new Failure(`There is no row that begins with "${beginning}" to add after.`);
  return [...lines.slice(0, last + 1), row, ...lines.slice(last + 1)].join('\n');
}

/** A constant of a file, with the parts that generators use. */
export interface Constant {
  readonly name: string;
  /** As it is written: `Answers<WalletEvent>`; empty where it has none. */
  readonly type: string;
  readonly value: ts.Expression;
}

/** All constants of a file that have a value. */
export function constantsIn(text: string): readonly Constant[] {
  return [...nodesOf(parsed(text))].flatMap((node) =>
    ts.isVariableDeclaration(node) && node.initializer
      ? [{ name: node.name.getText(), type: node.type?.getText() ?? '', value: bare(node.initializer) }]
      : [],
  );
}

/** Elements of a list, as they are written: `...appEvents`, `AppCreated`. */
export function elementsOf({ value }: Constant): readonly string[] {
  return ts.isArrayLiteralExpression(value) ? value.elements.map((element) => element.getText()) : [];
}

/** The arguments of a call, as nodes. */
export function argumentsOf({ value }: Constant): readonly ts.Expression[] {
  return ts.isCallExpression(value) ? value.arguments : [];
}

/** The object that a call like `z.strictObject({…})` describes. */
export function describedObject(expression: ts.Expression | undefined): ts.ObjectLiteralExpression | undefined {
  const argument = expression && ts.isCallExpression(expression) ? expression.arguments[0] : undefined;
  return argument && ts.isObjectLiteralExpression(argument) ? argument : undefined;
}

/** The types of a file's aliases, by name, as they are written. */
export function aliasesIn(text: string): ReadonlyMap<string, string> {
  const aliases = [...nodesOf(parsed(text))].filter(ts.isTypeAliasDeclaration);
  return new Map(aliases.map(({ name, type }) => [name.text, type.getText()]));
}

/** Parameters of a function, with their types as written. */
interface FunctionShape {
  readonly parameters: readonly { readonly name: string; readonly type: string }[];
}

/**
 * A function of a file.
 * @throws Failure without one of that name
 */
export function functionIn(text: string, name: string): FunctionShape {
  const found = find(
    text,
    `function ${name}`,
    (node): node is ts.FunctionDeclaration => ts.isFunctionDeclaration(node) && node.name?.text === name,
  );
  return {
    parameters: found.parameters.map((parameter) => ({
      name: parameter.name.getText(),
      type: parameter.type?.getText() ?? '',
    })),
  };
}

/**
 * Adds a case with a result to the first switch of a function: beside cases of the same result,
 * else before all others.
 * @throws Failure without a switch
 */
export function withCaseIn(text: string, name: string, label: string, returned: string): string {
  const found = find(
    text,
    `function ${name}`,
    (node): node is ts.FunctionDeclaration => ts.isFunctionDeclaration(node) && node.name?.text === name,
  );
  const block = [...nodesOf(found)].find(ts.isSwitchStatement)?.caseBlock;
  if (!block) throw new Failure(`The function ${name} has no switch to add a case to.`);
  const same = block.clauses.find(({ statements }) => statements[0]?.getText() === `return ${returned};`);
  if (same) return spliced(text, same.getStart(), `case ${label}:\n`);
  return spliced(text, block.clauses.pos, `\ncase ${label}:\nreturn ${returned};`);
}

/** A member of an object in a constant, as it is written; undefined where it has none. */
export function memberText({ value }: Constant, name: string): string | undefined {
  if (!ts.isObjectLiteralExpression(value)) return undefined;
  for (const property of value.properties) {
    if (property.name?.getText() !== name) continue;
    return ts.isPropertyAssignment(property) ? property.initializer.getText() : name;
  }
  return undefined;
}

/** A method of the first class of a file, with its doc comment and decorators, as it is written. */
export function methodOf(text: string, name: string): string {
  return find(
    text,
    `method ${name}`,
    (node): node is ts.MethodDeclaration => ts.isMethodDeclaration(node) && node.name.getText() === name,
  )
    .getFullText()
    .trim();
}

/** Members of an object in a constant, as they are written. */
export function membersOf({ value }: Constant): readonly string[] {
  return ts.isObjectLiteralExpression(value) ? value.properties.map((property) => property.getText()) : [];
}

/** Classes that implement `Answers<…>`, and of which events. */
export function answerClassesIn(text: string): readonly { readonly name: string; readonly of: string }[] {
  return [...nodesOf(parsed(text))].filter(ts.isClassDeclaration).flatMap(({ name, heritageClauses = [] }) =>
    heritageClauses
      .flatMap(({ types }) => types.map((type) => type.getText()))
      .filter((type) => type.startsWith('Answers<'))
      .map((of) => ({ name: name?.text ?? '', of })),
  );
}

import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { root } from './root.ts';

/** A source file, parsed, not type-checked. */
export interface SourceFile {
  /** From the repository's top folder, with slashes. */
  readonly path: string;
  /** The Nx project's folder name: `wallet`, `service`. */
  readonly project: string;
  readonly tree: ts.SourceFile;
}

/**
 * All code of services and of the libraries that state codes, without tests and test code; sorted
 * by path.
 */
export function serviceSources(): readonly SourceFile[] {
  const paths = globSync(['apps/*/src/**/*.ts', 'libs/{service,rating}/src/**/*.ts'], { cwd: root })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => !/\.(spec|fixture)\.ts$|\/(specimen|testing)\/|\/(samples|examples|testing)\.ts$/.test(path))
    .sort();
  return paths.map((path) => ({
    path,
    project: path.split('/')[1]!,
    tree: ts.createSourceFile(path, readFileSync(join(root, path), 'utf8'), ts.ScriptTarget.Latest, true),
  }));
}

/** Every node of a file, outermost first. */
export function* nodesOf(node: ts.Node): Generator<ts.Node> {
  yield node;
  for (const child of node.getChildren()) yield* nodesOf(child);
}

/** `path:line`, for messages. */
export function placeOf({ path, tree }: SourceFile, node: ts.Node): string {
  return `${path}:${tree.getLineAndCharacterOfPosition(node.getStart()).line + 1}`;
}

/** Value of a property of an object literal; undefined without one. */
export function property(object: ts.ObjectLiteralExpression, name: string): ts.Expression | undefined {
  for (const member of object.properties) {
    if (ts.isPropertyAssignment(member) && member.name.getText() === name) return member.initializer;
    if (ts.isShorthandPropertyAssignment(member) && member.name.text === name) return member.name;
  }
  return undefined;
}

/** Text of an expression: a string literal, or a constant of the same file with one. */
export function textOf({ tree }: SourceFile, expression: ts.Expression | undefined): string | undefined {
  if (expression === undefined) return undefined;
  if (ts.isStringLiteral(expression)) return expression.text;
  if (!ts.isIdentifier(expression)) return undefined;
  for (const node of nodesOf(tree)) {
    if (!ts.isVariableDeclaration(node) || node.name.getText() !== expression.text) continue;
    return node.initializer && ts.isStringLiteral(node.initializer) ? node.initializer.text : undefined;
  }
  return undefined;
}

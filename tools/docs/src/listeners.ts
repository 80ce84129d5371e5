import ts from 'typescript';
import { nodesOf, placeOf, property, type SourceFile, textOf } from './source-files.ts';

/** A subscriber of an event. */
export interface Listener {
  readonly service: string;
  /** Service that owns the event. */
  readonly from: string;
  readonly event: string;
  readonly kind: 'policy' | 'projection';
  /** The policy's sentence, or the projection's name. */
  readonly name: string;
}

/** Subscriptions of the common library count for every service. */
const everyService = 'every service';

/**
 * Subscriptions from the source: each `@Policy({ name, from, on })`, and each
 * `foreignProjection(catalogue, projection)` with the events of the projection.
 * @throws Error for one in another form, because the catalogue of events must be complete
 */
export function listenersIn(files: readonly SourceFile[]): readonly Listener[] {
  const objects = projectionsIn(files);
  return files.flatMap((file) =>
    [...nodesOf(file.tree)].filter(ts.isCallExpression).flatMap((call): readonly Listener[] => {
      const callee = call.expression.getText();
      if (callee === 'Policy') return policy(file, call);
      if (callee === 'foreignProjection') return foreignProjection(file, call, objects);
      return [];
    }),
  );
}

/** `walletCatalogue` → `wallet`, `appRegistryCatalogue` → `app-registry`. */
function serviceOf(catalogue: string): string {
  return catalogue.replace(/Catalogue$/, '').replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function unreadable(file: SourceFile, node: ts.Node, what: string): Error {
  return new Error(`${placeOf(file, node)}: ${what} can't be read from the source; write it out as an object literal`);
}

const listenerOf = (file: SourceFile) => (file.project === 'service' ? everyService : file.project);

function policy(file: SourceFile, call: ts.CallExpression): readonly Listener[] {
  const [definition] = call.arguments;
  if (!definition || !ts.isObjectLiteralExpression(definition)) throw unreadable(file, call, 'the policy');
  const name = textOf(file, property(definition, 'name'));
  const [from, on] = ['from', 'on'].map((key) => property(definition, key));
  if (name === undefined || !from || !on || !ts.isArrayLiteralExpression(on)) {
    throw unreadable(file, call, "the policy's name, from and on");
  }
  return on.elements.map((event) => {
    if (!ts.isStringLiteral(event)) throw unreadable(file, event, "an event's name");
    return {
      service: listenerOf(file),
      from: serviceOf(from.getText()),
      event: event.text,
      kind: 'policy',
      name,
    };
  });
}

interface ProjectionObject {
  readonly file: SourceFile;
  readonly object: ts.ObjectLiteralExpression;
}

/** All constants that are projections, by name: object literals with an `on`. */
function projectionsIn(files: readonly SourceFile[]): ReadonlyMap<string, readonly ProjectionObject[]> {
  const found = new Map<string, ProjectionObject[]>();
  for (const file of files) {
    for (const node of nodesOf(file.tree)) {
      if (!ts.isVariableDeclaration(node) || !node.initializer || !ts.isObjectLiteralExpression(node.initializer))
        continue;
      if (!property(node.initializer, 'on')) continue;
      const name = node.name.getText();
      found.set(name, [...(found.get(name) ?? []), { file, object: node.initializer }]);
    }
  }
  return found;
}

function foreignProjection(
  file: SourceFile,
  call: ts.CallExpression,
  objects: ReadonlyMap<string, readonly ProjectionObject[]>,
): readonly Listener[] {
  const [catalogue, argument] = call.arguments;
  const constant = argument && ts.isAsExpression(argument) ? argument.expression : argument;
  const candidates = objects.get(constant?.getText() ?? '') ?? [];
  const projection = candidates.find((candidate) => candidate.file.project === file.project) ?? candidates[0];
  if (!catalogue || !projection) throw unreadable(file, call, 'the projection');
  const name = textOf(projection.file, property(projection.object, 'name'));
  const on = property(projection.object, 'on');
  if (name === undefined || !on || !ts.isObjectLiteralExpression(on)) {
    throw unreadable(projection.file, projection.object, "the projection's name and on");
  }
  return on.properties
    .filter((entry) => !(ts.isPropertyAssignment(entry) && ts.isStringLiteral(entry.initializer)))
    .map((entry) => {
      if (!entry.name) throw unreadable(projection.file, entry, 'an entry that is spread');
      return {
        service: listenerOf(file),
        from: serviceOf(catalogue.getText()),
        event: entry.name.getText(),
        kind: 'projection',
        name,
      };
    });
}

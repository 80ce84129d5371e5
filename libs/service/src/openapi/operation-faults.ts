import type { OpenAPIObject } from '@nestjs/swagger';
import { operationsOf, type PlacedOperation } from './complete-operation.ts';
import { maxPathParameterLength } from '../http/route-path.ts';
import { exampleOf, NoExample, type Schemas } from './examples.ts';
import { parserOf } from './json-schema.ts';

type Json = Readonly<Record<string, unknown>>;

/** Maximum length of a summary, in characters. */
const longestSummary = 100;
/** Form of an operation's name, a verb and its object: `sendTokens`. */
const verbAndObject = /^[a-z]+([A-Z][a-z0-9]*)+$/;

/** Missing texts, tags and examples of a document's operations, a sentence each. */
export function operationFaults(document: OpenAPIObject): readonly string[] {
  const operations = operationsOf(document);
  const tags = new Set((document.tags ?? []).map(({ name }) => name));
  const used = new Set(operations.flatMap(({ operation }) => operation.tags ?? []));
  const ids = operations.map(({ operation }) => operation.operationId);
  return [
    ...operations.flatMap((placed) => faultsOf(placed, document).map((fault) => `${nameOf(placed)}: ${fault}`)),
    ...ids.filter((id, index) => ids.indexOf(id) < index).map((id) => `two operations are named ${id}`),
    ...[...tags].filter((tag) => !used.has(tag)).map((tag) => `no operation has the resource ${tag}`),
  ];
}

const nameOf = ({ method, path }: PlacedOperation): string => `${method.toUpperCase()} ${path}`;

function faultsOf({ operation }: PlacedOperation, document: OpenAPIObject): readonly string[] {
  const { operationId = '', summary = '', description = '', tags = [], security } = operation;
  const faults: string[] = [];
  if (!verbAndObject.test(operationId)) faults.push(`${operationId} is not a verb with an object`);
  if (summary === '') faults.push('no summary: the first sentence of the doc comment');
  if (summary.length > longestSummary) faults.push(`the summary has ${summary.length} characters`);
  if (description === '') faults.push('no description: the text after the first sentence of the doc comment');
  if (/\{@|@\w+ /.test(summary + description)) faults.push("a doc comment's @tag in the text");
  if (tags.length !== 1) faults.push('no resource in its path');
  if (security === undefined) faults.push('no security, not even []');
  return [...faults, ...parameterFaults(operation, document), ...exampleFaults(operation, document)];
}

const resolved = (value: unknown, document: OpenAPIObject): Json => {
  const { $ref } = value as { readonly $ref?: string };
  if ($ref === undefined) return value as Json;
  return $ref
    .slice(2)
    .split('/')
    .reduce<unknown>((at, name) => (at as Json)[name], document) as Json;
};

function parameterFaults({ parameters = [] }: PlacedOperation['operation'], document: OpenAPIObject): string[] {
  return parameters.flatMap((parameter) => {
    const { name, in: place, description, example, schema } = resolved(parameter, document);
    if (!description) return [`the parameter ${String(name)} has no description`];
    if (place !== 'path') return [];
    if (example === undefined) return [`the parameter ${String(name)} has no example`];
    const { maxLength = 0 } = resolved(schema ?? {}, document) as { readonly maxLength?: number };
    // The router refuses it before its schema is asked.
    return maxLength > maxPathParameterLength
      ? [`the parameter ${String(name)} of up to ${maxLength} characters: a path has ${maxPathParameterLength}`]
      : [];
  });
}

function exampleFaults({ requestBody, responses }: PlacedOperation['operation'], document: OpenAPIObject): string[] {
  const answers = Object.entries(responses).map(([status, answer]): [string, unknown] => [`answer ${status}`, answer]);
  const bodies: [string, unknown][] = requestBody ? [['body', requestBody], ...answers] : answers;
  return bodies.flatMap(([name, body]) => {
    const { content = {} } = resolved(body, document) as { readonly content?: Readonly<Record<string, Json>> };
    return Object.entries(content)
      .filter(([type]) => type.includes('json'))
      .flatMap(([type, media]) => mediaFaults(media, document).map((fault) => `the ${name} (${type}): ${fault}`));
  });
}

/**
 * Faults of the examples of one body: a missing example, or one that does not fit the body's
 * schema.
 */
function mediaFaults({ schema, example, examples }: Json, document: OpenAPIObject): readonly string[] {
  const given = Object.values((examples ?? {}) as Readonly<Record<string, Json>>).map(({ value }) => value);
  if (example !== undefined) given.push(example);
  const { schemas = {} } = document.components ?? {};
  if (given.length === 0) return [whyNoExample(schema, schemas)];
  const parser = parserOf(schema, schemas);
  return given.flatMap((value) => {
    const { error } = parser.safeParse(value);
    return error ? [`an example that its schema refuses at /${error.issues[0]!.path.join('/')}`] : [];
  });
}

function whyNoExample(schema: unknown, schemas: Schemas): string {
  try {
    exampleOf(schema, schemas);
    return 'no example';
  } catch (error) {
    if (!(error instanceof NoExample)) throw error;
    return error.message;
  }
}

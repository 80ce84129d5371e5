import type { OpenAPIObject } from '@nestjs/swagger';
import { operationFaults } from './operation-faults.ts';

type Json = Readonly<Record<string, unknown>>;

/**
 * Faults of an OpenAPI document: constructs that generators and testers of clients mishandle, and
 * missing texts of operations. The constructs are schemas that are `false`, items by place,
 * patterns that JavaScript does not accept without flags, and one example key for all requests.
 */
export function documentFaults(document: OpenAPIObject): readonly string[] {
  return [...clientFaults(document), ...operationFaults(document)];
}

/** Constructs of a document that generators and testers of clients mishandle. */
export function clientFaults(document: unknown): readonly string[] {
  const faults: string[] = [];
  visit(document, '', faults);
  return faults;
}

function visit(value: unknown, at: string, faults: string[]): void {
  if (typeof value !== 'object' || value === null) return;
  const node = value as Json;
  if (node['items'] === false || 'prefixItems' in node) faults.push(`${at}: items by place`);
  const { pattern } = node;
  if (typeof pattern === 'string' && !isPlainPattern(pattern)) faults.push(`${at}: the pattern ${pattern}`);
  if (node['name'] === 'Idempotency-Key' && 'example' in node)
    faults.push(`${at}: an example key that all requests would share`);
  for (const [name, member] of Object.entries(node)) visit(member, `${at}/${name}`, faults);
}

function isPlainPattern(pattern: string): boolean {
  try {
    new RegExp(pattern);
  } catch {
    return false;
  }
  // Without the flag `u` these mean something else, and other engines have no such escapes.
  return !/\\[pPu]\{|\(\?<[=!]/.test(pattern);
}

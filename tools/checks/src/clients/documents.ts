import { globSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Type } from '@nestjs/common';
import { documentFaults, documentOfModule } from '@tokengrid/service';
import { root } from '../root.ts';

/** The OpenAPI document of a service, written to a file. */
export interface WrittenDocument {
  readonly service: string;
  readonly path: string;
  /** Faults of the document, a sentence each. */
  readonly faults: readonly string[];
}

/** Writes the documents of all services, from their builds, as served. */
export async function writeDocuments(folder: string): Promise<readonly WrittenDocument[]> {
  mkdirSync(folder, { recursive: true });
  const services = globSync('apps/*/dist/*.module.js', { cwd: root })
    .map((file) => file.split(/[\\/]/))
    .filter(([, service, , name]) => name === `${service}.module.js`)
    .map(([, service]) => service!);
  const written: WrittenDocument[] = [];
  for (const service of services.sort()) {
    const document = await documentOfModule(await moduleOf(service), service);
    const path = join(folder, `${service}.json`);
    writeFileSync(path, JSON.stringify(document));
    written.push({ service, path, faults: documentFaults(document).map((fault) => `${service}: ${fault}`) });
  }
  return written;
}

async function moduleOf(service: string): Promise<Type> {
  const file = `apps/${service}/dist/${service}.module.js`;
  const exported = (await import(pathToFileURL(join(root, file)).href)) as Readonly<Record<string, unknown>>;
  const found = Object.entries(exported).find(([name]) => name.endsWith('Module'))?.[1];
  if (typeof found !== 'function') throw new Error(`${file} exports no module`);
  return found as Type;
}

import { existsSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { DataDefinition } from '@tokengrid/event-store';
import { Failure } from '../output/failure.ts';
import { catalogueOf } from './known-services.ts';

/** The repository's root: `src` and `dist` lie equally deep. */
const root = new URL('../../../../', import.meta.url);

/**
 * Data definition of a service, from its built `service.definition.js`. Loaded by path, so that no
 * project depends on a service.
 * @throws Failure if the service is unknown or not built
 */
export async function definitionOf(service: string): Promise<DataDefinition> {
  catalogueOf(service);
  const url = new URL(`apps/${service}/dist/service.definition.js`, root);
  const path = fileURLToPath(url);
  if (!existsSync(path)) throw new Failure(`${path} is missing: run \`npm start\` once, which builds all services.`);
  const { definition } = (await import(pathToFileURL(path).href)) as { definition?: DataDefinition };
  if (!definition) throw new Failure(`${path} exports no \`definition\`.`);
  return definition;
}

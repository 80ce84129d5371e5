import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { catalogues } from '@tokengrid/contracts';
import { root } from '../root.ts';

const read = (path: string) => readFileSync(join(root, path), 'utf8');

interface Manifest {
  readonly nx: { readonly name: string; readonly tags: readonly string[] };
  readonly tokengrid: { readonly port: number };
}
const services = globSync('apps/*/package.json', { cwd: root })
  .map((path) => JSON.parse(read(path)) as Manifest)
  .filter(({ nx }) => nx.tags.includes('type:service'))
  .map(({ nx, tokengrid }) => ({ name: nx.name, port: tokengrid.port }));

/**
 * Facts about a service stated outside its folder, or twice; everything else is found by its
 * folder.
 */
describe.each(services)('$name', ({ name, port }) => {
  it('listens by default where its package says', () =>
    expect(read(`apps/${name}/src/config.ts`)).toContain(`port: port().default(${port})`));

  it('has its events in the list of catalogues, and golden samples', () => {
    expect(catalogues.map(({ service }) => service)).toContain(name);
    expect(existsSync(join(root, `libs/contracts/src/samples/${name}.json`))).toBe(true);
  });

  it('is in the map of the README, and has a README of its own', () => {
    expect(read('README.md')).toContain(`| [apps/${name}](apps/${name}) `);
    expect(read(`apps/${name}/README.md`)).toContain(`# ${name}\n`);
  });
});

it('no catalogue is without its service', () =>
  expect(catalogues.map(({ service }) => service).sort()).toEqual(services.map(({ name }) => name).sort()));

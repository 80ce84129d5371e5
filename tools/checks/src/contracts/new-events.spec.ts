import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import ts from 'typescript';
import { root } from '../root.ts';

const { options, fileNames } = ts.getParsedCommandLineOfConfigFile(join(root, 'tsconfig.json'), undefined, {
  ...ts.sys,
  onUnRecoverableConfigFileDiagnostic: ({ messageText }) => {
    throw new Error(ts.flattenDiagnosticMessageText(messageText, '\n'));
  },
})!;
const pathOf = (file: string) => relative(root, file).replaceAll('\\', '/');
const textOf = (file: string) => readFileSync(file, 'utf8');

const services = fileNames.flatMap(
  (file) => /^apps\/([^/]+)\/src\/service\.definition\.ts$/.exec(pathOf(file))?.[1] ?? [],
);
const isContractOf = (service: string, file: string) =>
  new RegExp(`^libs/contracts/src/${service}[./](?!.*\\.spec\\.ts$)`).test(pathOf(file));

/** Files of other services, and of `libs/service`, that name events of a service. */
function facing(service: string): readonly string[] {
  const declared = /export const ([A-Z]\w+|\w+(?:Events|Catalogue)) =|export type (\w+Event) =/g;
  const names = fileNames
    .filter((file) => isContractOf(service, file))
    .flatMap((file) => [...textOf(file).matchAll(declared)].map(([, value, type]) => value ?? type));
  const named = new RegExp(`\\b(${names.join('|')})\\b`);
  return fileNames.filter(
    (file) =>
      /^(apps\/|libs\/service\/)/.test(pathOf(file)) &&
      !pathOf(file).startsWith(`apps/${service}/`) &&
      named.test(textOf(file)),
  );
}

/** A contract with one more event that moves money in each group. */
function withOneMore(text: string): string {
  const posting = 'z.strictObject({ account: z.string(), asset: z.string(), amount: z.bigint() })';
  const schema = `z.strictObject({ postings: z.array(${posting}) })`;
  return text.replace(
    /export const (\w+Events) = \[(?!\s*\.\.\.)/g,
    (group, name: string) =>
      `export const MadeUp_${name} = event('MadeUp_${name}', 'Made up.', ${schema});\n${group}MadeUp_${name}, `,
  );
}

const isProjection = (file: string) => /^(apps|libs\/service)\/.*\.projection\.ts$/.test(pathOf(file));

const projectOf = (file: string) => pathOf(file).split('/').slice(0, 2).join('/');

/** Projections of other services' events, by project and name. */
const foreignNames = fileNames
  .filter((file) => /^(apps|libs\/service)\/(?!.*\.spec\.ts$)/.test(pathOf(file)))
  .flatMap((file) =>
    [...textOf(file).matchAll(/foreignProjection\(\w+, (\w+)\)/g)].map(([, name]) => `${projectOf(file)} ${name}`),
  );
const isForeign = (file: string) =>
  [...textOf(file).matchAll(/^export const (\w+): Projection</gm)].some(([, name]) =>
    foreignNames.includes(`${projectOf(file)} ${name}`),
  );

describe('an event that is new in a group, as each group of each service gets one', () => {
  const neighbours = new Set(services.flatMap(facing));
  const projections = fileNames.filter(isProjection);
  let stopped: (files: Iterable<string>) => readonly string[];

  beforeAll(() => {
    const host = ts.createCompilerHost(options);
    const contracts = new Set(
      fileNames.filter((file) => services.some((service) => isContractOf(service, file))).map(pathOf),
    );
    const read = host.readFile.bind(host);
    host.readFile = (file) => {
      const text = read(file);
      return text !== undefined && contracts.has(pathOf(file)) ? withOneMore(text) : text;
    };
    const program = ts.createProgram([...neighbours, ...projections], options, host);
    stopped = (files) =>
      [...files].filter((file) => program.getSemanticDiagnostics(program.getSourceFile(file)).length > 0).map(pathOf);
  }, 120_000);

  it('stops nothing of another service from compiling, its suites included', () => {
    expect([...neighbours].map(pathOf)).toEqual(
      expect.arrayContaining([
        'apps/metering/src/rate-card/rate-card.projection.ts',
        'apps/settlement/src/http/settlement.http.spec.ts',
      ]),
    );
    expect(stopped(neighbours)).toEqual([]);
  }, 120_000);

  it("stops every projection of the service's own events, but for the books, which take all that moves money", () => {
    const unharmed = projections.filter((file) => !isForeign(file) && !stopped(projections).includes(pathOf(file)));
    expect(unharmed.map(pathOf)).toEqual(['apps/wallet/src/projections/ledger.projection.ts']);
  });

  it('stops no projection that names single events of another service', () => {
    const foreign = projections.filter(isForeign);
    expect(foreign.length).toBeGreaterThan(0);
    expect(stopped(foreign)).toEqual([]);
  });
});

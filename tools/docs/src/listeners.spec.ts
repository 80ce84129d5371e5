import { describe, expect, it } from '@jest/globals';
import ts from 'typescript';
import { listenersIn } from './listeners.ts';
import type { SourceFile } from './source-files.ts';

const file = (path: string, text: string): SourceFile => ({
  path,
  project: path.split('/')[1]!,
  tree: ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true),
});

const parties = file(
  'apps/metering/src/projections/parties.projection.ts',
  `export const parties = { name: 'parties', tables: [], on: { PartySuspended: (batch) => batch, PartyReinstated(batch) {}, ApiKeyIssued: 'ignored' } };`,
);

describe('who listens', () => {
  it('are policies, to each event that they are on', () =>
    expect(
      listenersIn([
        file(
          'apps/wallet/src/policies/a.ts',
          `const name = 'when-used-charge';
           class A { @Policy({ name, from: appRegistryCatalogue, on: ['ModelOffered', 'ModelPriced'] }) run() {} }`,
        ),
      ]),
    ).toEqual([
      { service: 'wallet', from: 'app-registry', event: 'ModelOffered', kind: 'policy', name: 'when-used-charge' },
      { service: 'wallet', from: 'app-registry', event: 'ModelPriced', kind: 'policy', name: 'when-used-charge' },
    ]));

  it("are projections of others' events, to each that they want", () =>
    expect(
      listenersIn([
        parties,
        file('apps/metering/src/metering.module.ts', `const all = [foreignProjection(identityCatalogue, parties)];`),
      ]),
    ).toEqual([
      { service: 'metering', from: 'identity', event: 'PartySuspended', kind: 'projection', name: 'parties' },
      { service: 'metering', from: 'identity', event: 'PartyReinstated', kind: 'projection', name: 'parties' },
    ]));

  it('is every service, where the library that all boot with listens', () => {
    const shared = { ...parties, project: 'service' };
    const [listener] = listenersIn([
      shared,
      file('libs/service/src/a.ts', `foreignProjection<A, never>(identityCatalogue, parties as never);`),
    ]);
    expect(listener).toEqual({
      service: 'every service',
      from: 'identity',
      event: 'PartySuspended',
      kind: 'projection',
      name: 'parties',
    });
  });

  it.each([
    ['a policy', `class A { @Policy(definition) run() {} }`],
    ["a policy's events", `class A { @Policy({ name: 'a', from: walletCatalogue, on: events }) run() {} }`],
    ['a projection', `foreignProjection(walletCatalogue, elsewhere);`],
    [
      "a projection's events",
      `foreignProjection(walletCatalogue, sums); const sums = { name: 'sums', on: { ...onEach(moneyEvents, add) } };`,
    ],
  ])('is never left out: %s that cannot be read fails', (_, text) =>
    expect(() => listenersIn([file('apps/wallet/src/a.ts', text)])).toThrow(/apps\/wallet\/src\/a\.ts:1: /),
  );
});

import { describe, expect, it } from '@jest/globals';
import { chosenSpecs } from './chosen-specs.ts';

const files = {
  pure: ['apps/wallet/src/decisions/transfers/send-tokens.spec.ts', 'libs/kernel/src/lane.spec.ts'],
  simulations: ['simulations/chain/src/simulation.spec.ts'],
  onServers: ['apps/wallet/src/http/transfers/transfers.http.spec.ts', 'libs/event-store/src/lane.spec.ts'],
  onOwnServers: ['libs/service/src/pulled-cable.spec.ts'],
  onStacks: ['e2e/src/chaos/chaos.spec.ts'],
};
const none = { pure: [], simulations: [], onServers: [], onOwnServers: [], onStacks: [] };

describe('specs are chosen', () => {
  it.each([
    ['a project and a file', ['wallet/send-tokens'], { ...none, pure: [files.pure[0]] }],
    ['a path as it is', [files.pure[0]!], { ...none, pure: [files.pure[0]] }],
    ['the beginning of a name up to a dot', ['wallet/transfers.http'], { ...none, onServers: [files.onServers[0]] }],
    ['a name in several projects', ['lane'], { ...none, pure: [files.pure[1]], onServers: [files.onServers[1]] }],
    ['a folder, with all in it', ['chaos'], { ...none, onStacks: files.onStacks }],
    ['a file that breaks servers', ['pulled-cable'], { ...none, onOwnServers: files.onOwnServers }],
    ['a simulation', ['chain/simulation'], { ...none, simulations: files.simulations }],
    ['several words', ['kernel', 'e2e'], { ...none, pure: [files.pure[1]], onStacks: files.onStacks }],
  ])('by %s', (_, words, chosen) => expect(chosenSpecs(words, files)).toEqual(chosen));

  it.each(['wallet/send', 'wallet/lane', 'kernel/send-tokens', 'transfers/wallet'])('never by %s', (word) =>
    expect(() => chosenSpecs([word], files)).toThrow(`${word}: no spec file matches`),
  );
});

import { describe, expect, it } from '@jest/globals';
import { specFiles } from './spec-files.ts';

describe('the tests of the repository', () => {
  const { pure, simulations, onServers, onOwnServers, onStacks } = specFiles();

  it('are each in one list, so that none is run twice or forgotten', () => {
    const all = [...pure, ...simulations, ...onServers, ...onOwnServers, ...onStacks];
    expect(new Set(all).size).toBe(all.length);
    expect(all).toContain('tools/checks/src/spec-files.spec.ts');
  });

  it('are pure where they import no server, not even through others', () => {
    expect(pure).toContain('libs/contracts/src/envelope.spec.ts');
    expect(pure.filter((path) => /\/decisions\//.test(path)).length).toBeGreaterThan(0);
    expect([...onServers, ...onOwnServers].filter((path) => /\/decisions\//.test(path))).toEqual([]);
  });

  it('are simulations in the folders of these', () =>
    expect(simulations).toEqual(
      expect.arrayContaining([
        'apps/wallet/simulation/src/simulation.spec.ts',
        'simulations/chain/src/simulation.spec.ts',
      ]),
    ));

  it('run beside each other where they borrow servers, through a kit too', () => {
    expect(onServers).toContain('libs/event-store/src/postgres/postgres-event-store.spec.ts');
    expect(onServers).toContain('apps/wallet/src/http/wallets/wallets.http.spec.ts');
  });

  it('run one by one where they start servers of their own', () =>
    expect(onOwnServers).toContain('libs/service/src/pulled-cable.spec.ts'));

  it('run on stacks where the embedded stack itself is tested', () =>
    expect(onStacks).toContain('infra/local/src/supervisor.spec.ts'));
});

import { describe, expect, it } from '@jest/globals';
import { specFiles } from './spec-files.ts';

describe('the tests of the repository', () => {
  const { pure, onServers, onStacks } = specFiles();

  it('are each in one list, so that none is run twice or forgotten', () => {
    const all = [...pure, ...onServers, ...onStacks];
    expect(new Set(all).size).toBe(all.length);
    expect(all).toContain('tools/checks/src/spec-files.spec.ts');
  });

  it('are pure where they import no server, not even through others', () => {
    expect(pure).toContain('libs/contracts/src/envelope.spec.ts');
    expect(pure.filter((path) => /\/decisions\//.test(path)).length).toBeGreaterThan(0);
    expect(onServers.filter((path) => /\/decisions\//.test(path))).toEqual([]);
  });

  it('run on servers where they start one', () =>
    expect(onServers).toContain('libs/event-store/src/postgres/postgres-event-store.spec.ts'));

  it('run on stacks where the embedded stack itself is tested', () =>
    expect(onStacks).toContain('infra/local/src/supervisor.spec.ts'));
});

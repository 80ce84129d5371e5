import { describe, expect, it } from '@jest/globals';
import { scopesOfRole } from './roles.ts';
import { defaultScopesOf } from './scopes.ts';

describe("the scopes of a person's role", () => {
  it('are all of the kind for an owner, but those that a key is charged by', () => {
    const byKeys = ['app-registry:subscriptions:write', 'gateway:completions:write', 'gateway:apps:write'];
    for (const kind of ['developer', 'provider'] as const) {
      const others = defaultScopesOf(kind).filter((scope) => !byKeys.includes(scope));
      expect(scopesOfRole(kind, 'owner')).toEqual(others);
    }
  });

  it.each(['admin', 'developer', 'viewer'] as const)('let no tokens and no money leave by a person who is %s', (role) =>
    expect(scopesOfRole('developer', role)).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/^(wallet:(sales|transfers)|settlement:payouts):write$/)]),
    ),
  );

  it('only read for a viewer, and for all of the operator but the invitations of an admin', () => {
    const writes = (kind: 'developer' | 'operator', role: Parameters<typeof scopesOfRole>[1]) =>
      scopesOfRole(kind, role).filter((scope) => !scope.endsWith(':read'));
    expect(writes('developer', 'viewer')).toEqual([]);
    for (const role of ['finance', 'support', 'auditor', 'reviewer'] as const) {
      expect(writes('operator', role)).toEqual([]);
      expect(scopesOfRole('operator', role).length).toBeGreaterThan(0);
    }
    expect(writes('operator', 'admin')).toEqual(['identity:people:write']);
  });

  it('open the audit to those who run a party, and to the auditors of the operator', () => {
    const readers = (kind: 'developer' | 'operator', roles: readonly Parameters<typeof scopesOfRole>[1][]) =>
      roles.filter((role) => scopesOfRole(kind, role).includes('wallet:audit:read'));
    expect(readers('developer', ['owner', 'admin', 'developer', 'finance', 'viewer'])).toEqual(['owner', 'admin']);
    expect(readers('operator', ['admin', 'auditor', 'finance', 'support', 'reviewer'])).toEqual(['admin', 'auditor']);
  });

  it('are none for a role of the other kind', () => {
    expect(scopesOfRole('developer', 'auditor')).toEqual([]);
    expect(scopesOfRole('operator', 'owner')).toEqual([]);
  });
});

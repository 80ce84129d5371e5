import type { PartyKind } from '@tokengrid/contracts';

/**
 * Every scope, `service:resource:action`, and the kinds of party whose first API key has it. The
 * operator's key has all of them by `*`, the only wildcard; operator-only routes have no scope.
 */
const scopeTable = {
  'identity:parties:read': ['developer', 'provider', 'subscriber'],
  'identity:people:write': ['developer', 'provider'],
  'identity:api-keys:write': ['developer', 'provider', 'subscriber'],
  'identity:oauth-clients:write': ['developer', 'provider', 'subscriber'],
  'identity:personal-data:write': ['developer', 'provider', 'subscriber'],
  'identity:audit:read': ['developer', 'provider', 'subscriber'],
  'wallet:balances:read': ['developer', 'provider', 'subscriber'],
  'wallet:entries:read': ['developer', 'provider', 'subscriber'],
  'wallet:purchases:write': ['developer', 'provider', 'subscriber'],
  'wallet:sales:write': ['developer', 'provider', 'subscriber'],
  'wallet:transfers:write': ['developer', 'provider', 'subscriber'],
  'wallet:holds:write': ['developer', 'provider', 'subscriber'],
  'wallet:limits:write': ['developer', 'provider', 'subscriber'],
  'wallet:audit:read': ['developer', 'provider', 'subscriber'],
  'app-registry:apps:read': ['developer', 'provider', 'subscriber'],
  'app-registry:apps:write': ['developer'],
  'app-registry:models:read': ['developer', 'provider', 'subscriber'],
  'app-registry:models:write': ['provider'],
  'app-registry:subscriptions:write': ['developer', 'provider', 'subscriber'],
  'app-registry:audit:read': ['developer', 'provider', 'subscriber'],
  // A subscriber never reports usage.
  'metering:events:write': ['developer'],
  'metering:sources:read': ['developer'],
  'metering:sources:write': ['developer'],
  'metering:corrections:write': ['developer'],
  'metering:usage:read': ['developer', 'provider', 'subscriber'],
  'metering:charges:read': ['developer', 'provider', 'subscriber'],
  'metering:alerts:read': ['developer', 'provider', 'subscriber'],
  'metering:alerts:write': ['developer', 'provider', 'subscriber'],
  'metering:audit:read': ['developer', 'provider', 'subscriber'],
  'settlement:accruals:read': ['developer', 'provider'],
  'settlement:statements:read': ['developer', 'provider'],
  'settlement:payouts:read': ['developer', 'provider'],
  'settlement:payouts:write': ['developer', 'provider'],
  'settlement:audit:read': ['developer', 'provider'],
  'gateway:completions:write': ['developer', 'provider', 'subscriber'],
  'gateway:apps:write': ['developer', 'provider', 'subscriber'],
  'gateway:credentials:write': ['provider'],
  'gateway:requests:read': ['developer', 'provider', 'subscriber'],
  'gateway:audit:read': ['developer', 'provider', 'subscriber'],
} as const satisfies Readonly<Record<string, readonly PartyKind[]>>;

/** A right that a key has or lacks. */
export type Scope = keyof typeof scopeTable;

/** All scopes, in the order of the table. */
export const scopes = Object.keys(scopeTable) as readonly Scope[];

/** Wildcard for all scopes, in the operator's key only. */
export const everyScope = '*';

/** Scopes of a party's first key. */
export function defaultScopesOf(kind: PartyKind): readonly Scope[] {
  return scopes.filter((scope) => (scopeTable[scope] as readonly PartyKind[]).includes(kind));
}

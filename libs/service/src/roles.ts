import type { KeyHolderKind, Role } from '@tokengrid/contracts';
import { defaultScopesOf, type Scope, scopes } from './scopes.ts';

const everyone = ['owner', 'admin', 'developer', 'finance', 'viewer'] as const;
/** What is used is charged under the caps of the key that used it, and a person is no key. */
const nobody = [] as const;
const owners = ['owner'] as const;
const admins = ['owner', 'admin'] as const;
const builders = ['owner', 'admin', 'developer'] as const;
const watchers = ['owner', 'admin', 'developer', 'viewer'] as const;
const buyers = ['owner', 'admin', 'finance'] as const;
const payers = ['owner', 'finance'] as const;
const bookkeepers = ['owner', 'admin', 'finance', 'viewer'] as const;

/** Roles of an organization's people that have a scope. Money leaves by owners and finance only. */
const roleTable = {
  'identity:parties:read': everyone,
  'identity:people:write': admins,
  'identity:api-keys:write': builders,
  'identity:oauth-clients:write': builders,
  'identity:personal-data:write': owners,
  'identity:audit:read': admins,
  'wallet:balances:read': everyone,
  'wallet:entries:read': bookkeepers,
  'wallet:purchases:write': buyers,
  'wallet:sales:write': payers,
  'wallet:transfers:write': payers,
  'wallet:holds:write': builders,
  'wallet:limits:write': buyers,
  'wallet:audit:read': admins,
  'app-registry:apps:read': everyone,
  'app-registry:apps:write': builders,
  'app-registry:models:read': everyone,
  'app-registry:models:write': builders,
  'app-registry:audit:read': admins,
  'app-registry:subscriptions:write': nobody,
  'metering:events:write': builders,
  'metering:sources:read': watchers,
  'metering:sources:write': builders,
  'metering:corrections:write': builders,
  'metering:usage:read': everyone,
  'metering:charges:read': everyone,
  'metering:alerts:read': everyone,
  'metering:alerts:write': ['owner', 'admin', 'developer', 'finance'],
  'metering:audit:read': admins,
  'settlement:accruals:read': bookkeepers,
  'settlement:statements:read': bookkeepers,
  'settlement:payouts:read': bookkeepers,
  'settlement:payouts:write': payers,
  'settlement:audit:read': admins,
  'gateway:completions:write': nobody,
  'gateway:apps:write': nobody,
  'gateway:credentials:write': builders,
  'gateway:requests:read': watchers,
  'gateway:audit:read': admins,
} as const satisfies Readonly<Record<Scope, readonly Role[]>>;

const isRead = (scope: string): boolean => scope.endsWith(':read');
const isAudit = (scope: string): boolean => scope.endsWith(':audit:read');
const isOf = (...services: readonly string[]) => {
  return (scope: string): boolean => services.some((service) => scope.startsWith(`${service}:`));
};

/** Scopes of the operator's people: they read. Routes of the operator alone take its keys. */
const operatorTable: Readonly<Partial<Record<Role, (scope: string) => boolean>>> = {
  admin: (scope) => isRead(scope) || scope === 'identity:people:write',
  auditor: isRead,
  finance: (scope) => isRead(scope) && !isAudit(scope) && isOf('identity', 'wallet', 'settlement')(scope),
  support: (scope) => isRead(scope) && !isAudit(scope) && !isOf('settlement')(scope),
  reviewer: (scope) => isRead(scope) && !isAudit(scope) && isOf('identity', 'app-registry')(scope),
};

/** Scopes that a role has for a party of a kind: those of the kind that the role is given. */
export function scopesOfRole(kind: KeyHolderKind, role: Role): readonly Scope[] {
  if (kind === 'operator') return scopes.filter((scope) => operatorTable[role]?.(scope) ?? false);
  return defaultScopesOf(kind).filter((scope) => (roleTable[scope] as readonly Role[]).includes(role));
}

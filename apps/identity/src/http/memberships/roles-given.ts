import { type KeyHolderKind, type Role, operatorRole, organizationRole } from '@tokengrid/contracts';
import {
  hasScope,
  invalidArgument,
  notFound,
  permissionDenied,
  type Principal,
  scopesOfRole,
} from '@tokengrid/service';

/**
 * Checks that a caller may give or take a role: it exists for the kind of party, and the caller has
 * all of its scopes. Nobody gains scopes by inviting.
 * @throws ProblemError 400 for a role of another kind, 403 for one that may not be given, 404 for a
 * subscriber, who has no members
 */
export function mustBeGivableRole(role: Role, caller: Principal, kind: KeyHolderKind): void {
  if (kind === 'subscriber') throw notFound('a subscriber has no members');
  const roles: readonly string[] = (kind === 'operator' ? operatorRole : organizationRole).options;
  if (!roles.includes(role)) {
    const detail = `must be one of ${roles.join(', ')}`;
    throw invalidArgument(`/role: ${detail}`, [{ pointer: '/role', detail }]);
  }
  if (caller.keyId.startsWith('cli_')) throw permissionDenied('an access token of a program changes no memberships');
  if (caller.person) return mustBeBelow(role, caller.person.role);
  const lacking = scopesOfRole(kind, role).find((scope) => !hasScope(caller, scope));
  if (lacking) throw permissionDenied(`your API key lacks the scope ${lacking} of the role ${role}`);
}

/** An owner gives any role, an admin any other: the scopes of a token are those of one service. */
function mustBeBelow(role: Role, own: Role): void {
  if (own !== 'owner' && role === 'owner') throw permissionDenied('only an owner makes and ends owners');
}

import type { PartyKind } from '@tokengrid/contracts';
import {
  defaultScopesOf,
  hasScope,
  invalidArgument,
  permissionDenied,
  type Principal,
  scopes as knownScopes,
} from '@tokengrid/service';

/**
 * Lets a caller give a key only scopes that exist, that the kind of party may have, and that the caller has itself: nobody gets
 * more by issuing or rotating a key.
 * @throws ProblemError 400 with a pointer for a scope that there is not, 403 for one that may not be given
 */
export function mustBeGivable(scopes: readonly string[], caller: Principal, kind: PartyKind): void {
  const unknown = scopes.flatMap((scope, index) =>
    (knownScopes as readonly string[]).includes(scope)
      ? []
      : [{ pointer: `/scopes/${index}`, detail: `${scope} is not a scope` }],
  );
  if (unknown.length > 0) throw invalidArgument(unknown[0]!.detail, unknown);
  const ofKind: readonly string[] = defaultScopesOf(kind);
  for (const scope of scopes) {
    if (!ofKind.includes(scope)) throw permissionDenied(`a ${kind} can't have the scope ${scope}`);
    if (!hasScope(caller, scope)) throw permissionDenied(`your API key lacks the scope ${scope}, and can't give it`);
  }
}

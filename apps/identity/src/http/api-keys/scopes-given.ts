import type { KeyHolderKind } from '@tokengrid/contracts';
import {
  defaultScopesOf,
  everyScope,
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
export function mustBeGivable(scopes: readonly string[], caller: Principal, kind: KeyHolderKind): void {
  if (kind === 'operator') return mustBeAll(scopes);
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

/** @throws ProblemError 400: whoever acts for the operator may do all that it may */
function mustBeAll(scopes: readonly string[]): void {
  if (scopes.length === 1 && scopes[0] === everyScope) return;
  const detail = `has to be ["${everyScope}"] for a key of the operator's`;
  throw invalidArgument(`/scopes: ${detail}`, [{ pointer: '/scopes', detail }]);
}

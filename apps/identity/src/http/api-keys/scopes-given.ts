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
 * Checks that a caller may grant scopes: they exist, are allowed for the kind of party, and the
 * caller has them. Nobody gains scopes by issuing or rotating a key.
 * @throws ProblemError 400 with a pointer for an unknown scope, 403 for one that may not be granted
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
    if (!hasScope(caller, scope)) throw permissionDenied(`your API key lacks the scope ${scope} and can't grant it`);
  }
}

/** @throws ProblemError 400: keys of the operator have all scopes */
function mustBeAll(scopes: readonly string[]): void {
  if (scopes.length === 1 && scopes[0] === everyScope) return;
  const detail = `must be ["${everyScope}"] for a key of the operator`;
  throw invalidArgument(`/scopes: ${detail}`, [{ pointer: '/scopes', detail }]);
}

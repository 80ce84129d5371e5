import { createParamDecorator } from '@nestjs/common';
import { operatorPartyId } from '@tokengrid/contracts';
import type { FastifyRequest } from 'fastify';
import type { PartyKind } from '@tokengrid/contracts';
import { everyScope } from '../scopes.ts';
import { withoutOrigin } from './lineage.ts';

/** Who calls. */
export interface Principal {
  readonly partyId: string;
  readonly kind: PartyKind | 'operator' | 'anonymous';
  /** The key that was shown; `bootstrap` for the operator's from the environment, empty for nobody. */
  readonly keyId: string;
  readonly scopes: readonly string[];
  /** Whose key it is, and whose keys that person got it with: see {@link Lineage}. */
  readonly people: readonly string[];
  /** The key and what it goes back to: see {@link Lineage}. */
  readonly line: readonly string[];
}

/** The id of the operator's key of the environment. */
const bootstrapKeyId = 'bootstrap';

/** Who shows the operator's key of the environment. */
export const operatorPrincipal: Principal = {
  partyId: operatorPartyId,
  kind: 'operator',
  keyId: bootstrapKeyId,
  scopes: [everyScope],
  ...withoutOrigin(bootstrapKeyId),
};

/** Who shows no key, on a route that needs none. */
export const anonymousPrincipal: Principal = {
  partyId: 'anonymous',
  kind: 'anonymous',
  keyId: '',
  scopes: [],
  people: ['anonymous'],
  line: [],
};

/**
 * Whose Idempotency-Keys a caller's are among: a person's, whichever of its rotated keys it shows. The same key of another one, of the same
 * party too, is another command.
 */
export function keyScopeOf({ people }: Principal): string {
  return people[0]!;
}

/** Whether a caller's key has a scope. The operator's own has all; no other key has more than it lists. */
export function hasScope({ kind, scopes }: Principal, scope: string): boolean {
  return kind === 'operator' || scopes.includes(scope);
}

/** Parameter decorator: the {@link Principal} of a request. */
export const Caller = createParamDecorator(
  (_data: unknown, context): Principal => context.switchToHttp().getRequest<FastifyRequest>().principal,
);

import { createParamDecorator } from '@nestjs/common';
import { actorText, operatorPartyId } from '@tokengrid/contracts';
import type { FastifyRequest } from 'fastify';
import type { KeyRights, PartyKind, Role } from '@tokengrid/contracts';
import { everyScope } from '../scopes.ts';
import { type Lineage, withoutOrigin } from './lineage.ts';

/** The caller of a request. */
export interface Principal extends Lineage {
  readonly partyId: string;
  readonly kind: PartyKind | 'operator' | 'anonymous';
  /**
   * Id of the key that was sent, or of the OAuth client or person of an access token; `bootstrap`
   * for the operator's key from the environment, empty for anonymous callers.
   */
  readonly keyId: string;
  readonly scopes: readonly string[];
  /** What limits it beside its scopes. */
  readonly rights: KeyRights;
  /** Text of the actor, which its events have. */
  readonly actor: string;
  /** The person who calls by an access token, and their role for the party. */
  readonly person?: { readonly userId: string; readonly role: Role };
}

/** Id of the operator's key from the environment. */
const bootstrapKeyId = 'bootstrap';

/** Principal of the operator's key from the environment. */
export const operatorPrincipal: Principal = {
  partyId: operatorPartyId,
  kind: 'operator',
  keyId: bootstrapKeyId,
  scopes: [everyScope],
  rights: {},
  actor: actorText({ party: operatorPartyId, person: bootstrapKeyId }),
  ...withoutOrigin(bootstrapKeyId),
};

/** Principal of a request without a key, on a route that needs none. */
export const anonymousPrincipal: Principal = {
  partyId: 'anonymous',
  actor: actorText({ party: 'anonymous' }),
  kind: 'anonymous',
  keyId: '',
  scopes: [],
  rights: {},
  people: ['anonymous'],
  line: [],
  limited: [],
  budgeted: [],
};

/**
 * Scope of a caller's Idempotency-Keys: its person, with whichever of its rotated keys. The same
 * Idempotency-Key of another person of the same party is another command.
 */
export function keyScopeOf({ people }: Principal): string {
  return people[0]!;
}

/** Name of what a caller sent, for messages. */
export const credentialOf = ({ keyId }: Principal): string => (/^(cli|usr)_/.test(keyId) ? 'access token' : 'API key');

/**
 * True if a caller has a scope. The operator's keys have all of them; any other key, and a person
 * of the operator, has those that it lists.
 */
export function hasScope({ kind, scopes, person }: Principal, scope: string): boolean {
  return (kind === 'operator' && !person) || scopes.includes(scope);
}

/** Parameter decorator: the {@link Principal} of a request. */
export const Caller = createParamDecorator(
  (_data: unknown, context): Principal => context.switchToHttp().getRequest<FastifyRequest>().principal,
);

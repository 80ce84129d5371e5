import type { IdentityEvent } from '@tokengrid/contracts';
import { ApiKeyRefused, ApiKeyRevoked, mostKeysInLine, mostPeopleOfKey, operatorPartyId } from '@tokengrid/contracts';
import type { DecisionContext } from '@tokengrid/kernel';
import type { Party } from '../state/party.ts';
import { isRegistered } from '../state/party.ts';
import { isExpired, issued, type Descent, type KeyToIssue } from '../rules/api-keys.ts';

export interface IssueApiKey {
  readonly partyId: string;
  readonly key: KeyToIssue;
  readonly descent: Descent;
}

/** Most keys that a party has at a time: neither revoked nor expired. */
export const maxApiKeys = 100;

/**
 * Gives a party, or somebody at the operator, another API key, which remembers what it comes from, and puts away those that have expired, so that a stream's memory stays bounded.
 */
export function issueApiKey(
  state: Party,
  { partyId, key, descent }: IssueApiKey,
  { time }: DecisionContext,
): readonly IdentityEvent[] {
  if (!isRegistered(state) && partyId !== operatorPartyId) {
    return [ApiKeyRefused({ partyId, code: 'NOT_FOUND', detail: 'there is no such party' })];
  }
  if (key.expiresAt !== null && key.expiresAt <= time) {
    return [ApiKeyRefused({ partyId, code: 'INVALID_ARGUMENT', detail: 'expiresAt has to be in the future' })];
  }
  if (descent.people > mostPeopleOfKey || descent.keys > mostKeysInLine) {
    const detail = `a key goes back to at most ${mostPeopleOfKey} people and ${mostKeysInLine} keys; use one that goes back to fewer`;
    return [ApiKeyRefused({ partyId, code: 'IDENTITY.API_KEY_LINE_TOO_LONG', detail })];
  }
  const { kind, keys } = isRegistered(state) ? state : noKeysOfOperator;
  const expired = keys.filter((held) => isExpired(held, time));
  if (keys.length - expired.length >= maxApiKeys) {
    const detail = `a party has at most ${maxApiKeys} API keys at a time; revoke one first`;
    return [ApiKeyRefused({ partyId, code: 'IDENTITY.TOO_MANY_API_KEYS', detail })];
  }
  return [issued(partyId, kind, key, descent), ...expired.map(({ keyId }) => ApiKeyRevoked({ keyId, partyId }))];
}

const noKeysOfOperator = { kind: 'operator', keys: [] } as const;

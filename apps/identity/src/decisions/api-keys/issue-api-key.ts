import { ApiKeyRefused, operatorPartyId } from '@tokengrid/contracts';
import type { DecisionContext } from '@tokengrid/kernel';
import type { Party } from '../state/party.ts';
import { isRegistered } from '../state/party.ts';
import { issued, keyRefusal, putAway, type Descent, type KeyToIssue } from '../rules/api-keys.ts';
import type { Decided } from '../rules/decided.ts';

export interface IssueApiKey {
  readonly partyId: string;
  readonly key: KeyToIssue;
  readonly descent: Descent;
}

/**
 * Issues another API key to a party or the operator, with its lineage, and removes expired ones, so
 * that the stream's state stays bounded.
 */
export function issueApiKey(
  state: Party,
  { partyId, key, descent }: IssueApiKey,
  { time }: DecisionContext,
): Decided<'issueApiKey'> {
  if (!isRegistered(state) && partyId !== operatorPartyId) {
    return [ApiKeyRefused({ partyId, code: 'NOT_FOUND' })];
  }
  if (key.expiresAt !== null && key.expiresAt <= time) {
    return [ApiKeyRefused({ partyId, code: 'IDENTITY.EXPIRY_PASSED' })];
  }
  const { kind, keys } = isRegistered(state) ? state : noKeysOfOperator;
  const refusal = keyRefusal(keys, descent, time);
  if (refusal) return [ApiKeyRefused({ partyId, ...refusal })];
  return [issued(partyId, kind, key, descent), ...putAway(partyId, keys, time)];
}

const noKeysOfOperator = { kind: 'operator', keys: [] } as const;

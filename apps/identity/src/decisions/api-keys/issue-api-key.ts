import { ApiKeyRefused, operatorPartyId } from '@tokengrid/contracts';
import type { DecisionContext } from '@tokengrid/kernel';
import type { Party } from '../state/party.ts';
import { isRegistered } from '../state/party.ts';
import { isExpired, issued, keyRefusal, putAway, type Descent, type KeyToIssue } from '../rules/api-keys.ts';
import { isBounded, narrowed, wideningRefusal } from '../rules/narrower.ts';
import type { Decided } from '../rules/decided.ts';

export interface IssueApiKey {
  readonly partyId: string;
  readonly key: KeyToIssue;
  readonly descent: Descent;
  /** The key's end is that of the key that requests it, at the latest. */
  readonly endsWithMinter?: true | undefined;
  /** The operator requests it: no key of the party bounds it. */
  readonly byOperator?: true | undefined;
}

/**
 * Issues another API key to a party or the operator, with its lineage, and removes expired ones, so
 * that the stream's state stays bounded.
 *
 * A key of the party that requests it bounds it: it may do nothing that the requesting key may not,
 * and has that one's limits where it asks for none. What a key with limits or an end requests ends
 * with it.
 */
export function issueApiKey(
  state: Party,
  { partyId, key: asked, descent, endsWithMinter, byOperator }: IssueApiKey,
  { time }: DecisionContext,
): Decided<'issueApiKey'> {
  if (!isRegistered(state) && partyId !== operatorPartyId) {
    return [ApiKeyRefused({ partyId, code: 'NOT_FOUND' })];
  }
  const { kind, keys } = isRegistered(state) ? state : noKeysOfOperator;
  const minter = byOperator ? undefined : keys.find(({ keyId }) => keyId === descent.mintedBy);
  if (!byOperator && (!minter || isExpired(minter, time))) {
    return [ApiKeyRefused({ partyId, keyId: descent.mintedBy, code: 'IDENTITY.API_KEY_NOT_ACTIVE' })];
  }
  const key = minter ? narrowed(asked, minter) : asked;
  if (key.expiresAt !== null && key.expiresAt <= time) {
    return [ApiKeyRefused({ partyId, code: 'IDENTITY.EXPIRY_PASSED' })];
  }
  const refusal = (minter && wideningRefusal(minter, asked)) ?? keyRefusal(keys, descent, time);
  if (refusal) return [ApiKeyRefused({ partyId, ...refusal })];
  const parent = minter && (endsWithMinter || isBounded(minter)) ? minter.keyId : undefined;
  return [issued(partyId, kind, key, { ...descent, parent }), ...putAway(partyId, keys, time)];
}

const noKeysOfOperator = { kind: 'operator', keys: [] } as const;

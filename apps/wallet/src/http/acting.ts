import { operatorPartyId, walletIdOf } from '@tokengrid/contracts';
import type { Principal } from '@tokengrid/service';
import type { Actor } from '../decisions/rules/actors.ts';

/**
 * Actor of a caller on a wallet: its key's line, and its membership if the wallet is another
 * party's. The operator acts as nobody.
 */
export function actorOf({ partyId, line }: Principal, walletId: string): Actor | undefined {
  if (partyId === operatorPartyId) return undefined;
  return walletIdOf(partyId) === walletId ? { line } : { line, memberId: partyId };
}

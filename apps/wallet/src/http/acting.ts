import { operatorPartyId, walletIdOf } from '@tokengrid/contracts';
import type { Principal } from '@tokengrid/service';
import type { Actor } from '../decisions/rules/actors.ts';

/** A caller as it acts on a wallet: with its key's line, and as a member where the wallet is another's. The operator acts for nobody. */
export function actorOf({ partyId, line }: Principal, walletId: string): Actor | undefined {
  if (partyId === operatorPartyId) return undefined;
  return walletIdOf(partyId) === walletId ? { line } : { line, memberId: partyId };
}

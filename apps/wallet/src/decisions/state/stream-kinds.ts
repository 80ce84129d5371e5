import type { WalletEvent } from '@tokengrid/contracts';
import type { Aggregate } from '@tokengrid/kernel';
import { capacity, capacityStreamId } from './capacity.ts';
import { fees, feesStreamId } from './fees.ts';
import { marketPolicies, marketPolicyStreamId } from './market-policies.ts';
import { tokenPrices, tokenPriceStreamId } from './token-prices.ts';
import { wallet } from './wallet.ts';
import { walletLane } from './wallet-lane.ts';

/** A kind of stream, with any state. */
type Kind = Pick<Aggregate<unknown, WalletEvent>, 'name' | 'stateVersion'>;

const single = new Map<string, Kind>([
  [tokenPriceStreamId, tokenPrices],
  [marketPolicyStreamId, marketPolicies],
  [capacityStreamId, capacity],
  [feesStreamId, fees],
]);

/**
 * Kind of a stream, by its id.
 * @throws Error for an unknown kind, since another kind's rules must not fold its state
 */
export function kindOf(streamId: string): Kind {
  if (streamId.startsWith('wal_')) return wallet;
  if (streamId.startsWith('lane-')) return walletLane;
  const kind = single.get(streamId);
  if (!kind) throw new Error(`no kind of stream for the id ${streamId}`);
  return kind;
}

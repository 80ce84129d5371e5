import { HoldReleaseRefused } from '@tokengrid/contracts';
import { NotYet } from '@tokengrid/kernel';
import { onWallet } from '../rules/due.ts';
import { holdIdOfSlice, holdOfSlice } from '../state/holds.ts';
import { releaseOf } from './release-hold.ts';

export interface ReleaseSlice {
  readonly sliceId: string;
  /** The last report of which something is charged; 0: none. */
  readonly lastCharged: number;
}

/**
 * Releases the hold of a slice that ended, once all that it was spent on is charged. Refused for a
 * hold that is gone: it expired, or was never placed.
 * @throws NotYet until the last report is charged
 */
export const releaseSlice = onWallet('releaseSlice', (wallet, { sliceId, lastCharged }: ReleaseSlice, context) => {
  const hold = holdOfSlice(wallet, sliceId);
  if (!hold) {
    const { walletId } = wallet;
    return [HoldReleaseRefused({ walletId, holdId: holdIdOfSlice(sliceId), code: 'WALLET.HOLD_EXPIRED' })];
  }
  const { report } = hold.slice;
  if (report < lastCharged) throw new NotYet(`${sliceId} is charged up to report ${report}, not ${lastCharged}`);
  return releaseOf(wallet, hold.holdId, context);
});

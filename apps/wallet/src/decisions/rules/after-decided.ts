import type { WalletStreamEvent } from '@tokengrid/contracts';
import type { Stated } from './decided.ts';
import type { OpenedWallet } from '../state/wallet.ts';
import { afterEvent } from '../state/wallet.ts';

/**
 * A wallet after what was decided about it so far. What is stated in the lane's own stream does not
 * change it.
 */
export const afterDecided = (wallet: OpenedWallet, decided: Stated): OpenedWallet =>
  decided.reduce((state, event) => ('type' in event ? afterEvent(state, event as WalletStreamEvent) : state), wallet);

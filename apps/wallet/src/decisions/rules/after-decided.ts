import type { WalletStreamEvent } from '@tokengrid/contracts';
import type { Stated } from './decided.ts';
import type { OpenedWallet } from '../state/wallet.ts';
import { afterEvent } from '../state/wallet.ts';

/** The wallet after the events decided so far. Events of the lane's stream do not change it. */
export const afterDecided = (wallet: OpenedWallet, decided: Stated): OpenedWallet =>
  decided.reduce((state, event) => ('type' in event ? afterEvent(state, event as WalletStreamEvent) : state), wallet);

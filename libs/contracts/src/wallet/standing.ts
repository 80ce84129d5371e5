import { z } from 'zod';
import { event } from '../event.ts';
import { partyId } from '../ids.ts';
import { partyKind } from '../vocabulary.ts';
import { walletId } from './words.ts';

export const WalletOpened = event(
  'WalletOpened',
  'A party got its wallet.',
  z.strictObject({ walletId, partyId, partyKind }),
);

/** Whether a wallet is there, and what it may do. */
export const standingEvents = [WalletOpened] as const;

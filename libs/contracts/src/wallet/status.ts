import { z } from 'zod';
import { event } from '../event.ts';
import { partyId } from '../ids.ts';
import { sum } from '../money.ts';
import { partyKind, text } from '../vocabulary.ts';
import { partyRevision, walletId } from './words.ts';

/** What a wallet is to those who look at it: closed before frozen. */
export const walletStatus = z.enum(['open', 'frozen', 'closed']);
export type WalletStatus = z.output<typeof walletStatus>;

/** Who may freeze a wallet: the operator by its own decision, or the suspension of its party. Each undoes only its own freeze. */
export const freezer = z.enum(['operator', 'suspension']);
export type Freezer = z.output<typeof freezer>;

/** `status` is what the wallet is after it. */
const after = { walletId, status: walletStatus };
/** `partyRevision` is there where it is by suspension. */
const byFreezer = { by: freezer, partyRevision: partyRevision.optional() };

export const WalletOpened = event(
  'WalletOpened',
  'A party got its wallet.',
  z.strictObject({ walletId, partyId, partyKind }),
);
export const WalletFrozen = event(
  'WalletFrozen',
  'Nothing leaves a wallet any more, but for what is under its holds.',
  z.strictObject({ ...after, ...byFreezer, reason: text(200).optional() }),
);
export const WalletUnfrozen = event(
  'WalletUnfrozen',
  'A freeze of a wallet was lifted; another one may remain.',
  z.strictObject({ ...after, ...byFreezer }),
);
export const WalletClosed = event(
  'WalletClosed',
  'An empty wallet was closed: it takes nothing in but what is owed to its party.',
  z.strictObject(after),
);
export const ClosureRefused = event(
  'ClosureRefused',
  'A wallet was not closed, for it is not empty.',
  z.strictObject({ walletId, code: text(60), available: sum, held: sum }),
);
/** Stated before something comes in that is owed to the party, unless it is the operator's doing. */
export const WalletReopened = event(
  'WalletReopened',
  'A closed wallet is open again.',
  z.strictObject({ ...after, by: z.literal('operator').optional() }),
);
export const ReopeningRefused = event(
  'ReopeningRefused',
  'A wallet was not opened again, for it is not closed.',
  z.strictObject({ walletId, code: text(60) }),
);

/** Whether a wallet is there, and what it may do. */
export const statusEvents = [
  WalletOpened,
  WalletFrozen,
  WalletUnfrozen,
  WalletClosed,
  ClosureRefused,
  WalletReopened,
  ReopeningRefused,
] as const;

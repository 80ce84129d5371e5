import { z } from 'zod';
import { event } from '../event.ts';
import { partyId } from '../ids.ts';
import { sum } from '../money.ts';
import { partyKind, text } from '../vocabulary.ts';
import { partyRevision, walletId } from './words.ts';
import { codesOf } from '../refusals/commands.ts';
import { walletRefusals } from '../refusals/wallet.ts';

/** Visible status of a wallet: `closed` overrides `frozen`. */
export const walletStatus = z.enum(['open', 'frozen', 'closed']);
export type WalletStatus = z.output<typeof walletStatus>;

/**
 * Cause of a freeze: the operator's decision, or the suspension of the party. Each lifts only its
 * own freeze.
 */
export const freezer = z.enum(['operator', 'suspension']);
export type Freezer = z.output<typeof freezer>;

/** Status after the event. */
const after = { walletId, status: walletStatus };
/** `partyRevision` is present for a freeze by suspension. */
const byFreezer = { by: freezer, partyRevision: partyRevision.optional() };

export const WalletOpened = event(
  'WalletOpened',
  'A wallet was opened for a party.',
  z.strictObject({ walletId, partyId, partyKind }),
);
export const WalletFrozen = event(
  'WalletFrozen',
  'A wallet was frozen: nothing leaves it but tokens under its holds.',
  z.strictObject({ ...after, ...byFreezer, reason: text(200).optional() }),
);
export const WalletUnfrozen = event(
  'WalletUnfrozen',
  'A freeze of a wallet was lifted; another one may remain.',
  z.strictObject({ ...after, ...byFreezer }),
);
export const WalletClosed = event(
  'WalletClosed',
  'An empty wallet was closed: it accepts only tokens owed to its party.',
  z.strictObject(after),
);
export const ClosureRefused = event(
  'ClosureRefused',
  'A closing was refused: the wallet is not empty.',
  z.strictObject({ walletId, code: codesOf(walletRefusals, 'closeWallet'), available: sum, held: sum }),
);
/** Stated before tokens owed to the party come in, unless the operator reopened the wallet. */
export const WalletReopened = event(
  'WalletReopened',
  'A closed wallet was reopened.',
  z.strictObject({ ...after, by: z.literal('operator').optional() }),
);
export const ReopeningRefused = event(
  'ReopeningRefused',
  'A reopening was refused: the wallet is not closed.',
  z.strictObject({ walletId, code: codesOf(walletRefusals, 'reopenWallet') }),
);

/** Events of a wallet's status. */
export const statusEvents = [
  WalletOpened,
  WalletFrozen,
  WalletUnfrozen,
  WalletClosed,
  ClosureRefused,
  WalletReopened,
  ReopeningRefused,
] as const;

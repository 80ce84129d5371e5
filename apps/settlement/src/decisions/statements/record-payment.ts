import { type EventOf, type SettlementEvent, StatementPaid } from '@tokengrid/contracts';
import type { PaidStatement } from '../state/statement.ts';

/** The wallet's word that a part of a statement has arrived, out of one wallet lane's escrow. */
export type RecordPayment = EventOf<typeof StatementPaid>['data'];

/**
 * Records what has arrived of a statement. Each wallet lane pays its part once; a second word from
 * a lane is a broken book.
 */
export function recordPayment({ paid }: PaidStatement, payment: RecordPayment): readonly SettlementEvent[] {
  if (paid.has(payment.walletLane)) {
    throw new Error(`statement ${payment.statementId} was paid out of wallet lane ${payment.walletLane} before`);
  }
  return [StatementPaid(payment)];
}

import { type EventOf, StatementPaid } from '@tokengrid/contracts';
import type { Decided } from '../rules/decided.ts';
import type { PaidStatement } from '../state/statement.ts';

/**
 * The wallet's confirmation that a part of a statement arrived, out of one wallet lane's escrow.
 */
export type RecordPayment = EventOf<typeof StatementPaid>['data'];

/**
 * Records a payment for a statement. Each wallet lane pays its part once; a second payment from a
 * lane is a broken book.
 */
export function recordPayment({ paid }: PaidStatement, payment: RecordPayment): Decided {
  if (paid.has(payment.walletLane)) {
    throw new Error(`statement ${payment.statementId} was paid out of wallet lane ${payment.walletLane} before`);
  }
  return [StatementPaid(payment)];
}

import { Controller } from '@nestjs/common';
import type { EarningsReceived, EventOf, FeesCollected } from '@tokengrid/contracts';
import { walletCatalogue } from '@tokengrid/contracts';
import { Policy, type Reaction } from '@tokengrid/event-bus';
import type { Recorded } from '@tokengrid/kernel';
import { recordPayment, type RecordPayment } from '../decisions/statements/record-payment.ts';
import { Statements } from '../streams/statements.ts';

type Paid = Recorded<EventOf<typeof EarningsReceived | typeof FeesCollected>>;

@Controller()
export class WhenEarningsReceivedOrFeesCollectedRecordPayment {
  constructor(private readonly statements: Statements) {}

  /** Records payments on statements: in a party's wallet, or to the operator. */
  @Policy({
    name: 'when-earnings-received-or-fees-collected-record-payment',
    from: walletCatalogue,
    on: ['EarningsReceived', 'FeesCollected'],
  })
  recordPayment(event: Paid, reaction: Reaction) {
    return this.statements.handle(recordPayment, reaction.to(event.data.statementId, paymentOf(event)));
  }
}

/**
 * Command for a payment. Fees are collected in the lane whose escrow they leave; earnings arrive in
 * another lane and name their origin.
 */
function paymentOf(event: Paid): RecordPayment {
  const { statementId, partyId, period, timeZone, tokens } = event.data;
  const walletLane = event.type === 'EarningsReceived' ? event.data.fromLane : event.lane;
  return { statementId, partyId, period, timeZone, walletLane, tokens, paidBy: event.id };
}

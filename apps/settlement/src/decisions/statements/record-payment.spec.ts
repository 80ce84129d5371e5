import { describe, expect, it } from '@jest/globals';
import { StatementPaid } from '@tokengrid/contracts';
import { givenFor } from '@tokengrid/kernel';
import { recordPayment } from './record-payment.ts';
import { provider } from '../examples.fixture.ts';
import { statement } from '../state/statement.ts';
import { statementIdOf } from '../periods/statements.ts';

const given = givenFor(statement);
const period = '2026-01-01';
const payment = (walletLane: number, tokens: bigint) => ({
  ...{ statementId: statementIdOf(period, provider), partyId: provider, period, timeZone: 'UTC' },
  ...{ walletLane, tokens, paidBy: `wallet/${walletLane}/9` },
});

describe('recordPayment', () => {
  it('records a part for each wallet lane that pays', () => {
    given(StatementPaid(payment(0, 5n)))
      .when(recordPayment, payment(3, 7n))
      .then(StatementPaid(payment(3, 7n)));
  });

  it('takes a part from a wallet lane once', () => {
    expect(() => given(StatementPaid(payment(3, 7n))).when(recordPayment, payment(3, 7n))).toThrow('was paid out of');
  });
});

import { Controller, Get, Query } from '@nestjs/common';
import { period } from '@tokengrid/contracts';
import { StorageClock } from '@tokengrid/event-store';
import { OperatorOnly, Responds } from '@tokengrid/service';
import { z } from 'zod';
import { Reconciler } from '../../projections/reconciliation.ts';

const microAit = z.string().meta({ description: 'µAIT as a decimal string', example: '1250000' });

export const ReconciliationQuery = z.strictObject({
  period: period.meta({ description: 'Day of the period', example: '2026-01-31' }),
});
export type ReconciliationQuery = z.output<typeof ReconciliationQuery>;

const ReconciliationAnswer = z
  .strictObject({
    period,
    lanes: z.array(
      z.strictObject({
        walletLane: z.int(),
        charged: microAit.meta({ description: "charges paid into the lane's escrow, by the wallet's postings" }),
        accrued: microAit.meta({ description: 'charges accrued by settlement' }),
        pending: microAit.meta({
          description: 'charges on their way to an accrual, less accruals whose charges have not arrived yet',
        }),
        statements: microAit.meta({ description: "escrow owed by the lane to the period's statements" }),
        released: microAit.meta({ description: 'escrow released for them' }),
        difference: microAit.meta({ description: 'charged − accrued − pending' }),
      }),
    ),
    pending: z.strictObject({ charges: z.int(), payments: z.int() }),
    breaks: z.array(
      z.strictObject({
        kind: z.string().meta({
          description:
            'charge-not-accrued, accrual-without-charge, amount-differs, statements-differ, escrow-refused, released-without-statement, not-released, released-twice, released-differs, not-arrived or arrived-differs',
        }),
        walletLane: z.int(),
        expected: microAit.optional(),
        found: microAit.optional(),
        statementId: z.string().optional(),
        events: z.array(z.string()).meta({ example: ['settlement/2/17', 'wallet/3/812'] }),
      }),
    ),
    balanced: z.boolean(),
  })
  .meta({ id: 'Reconciliation' });

/** Reconciliation of settlement's books with the wallet's. */
@Controller('v1/reconciliation')
export class ReconciliationController {
  constructor(
    private readonly reconciler: Reconciler,
    private readonly clock: StorageClock,
  ) {}

  /**
   * Reconciles settlement's books with the wallet's, lane by lane: charges, accruals and payments.
   * Every break is listed with its events; payments under way (15 minutes by default) are pending,
   * and no break.
   */
  @Get()
  @OperatorOnly()
  @Responds(200, ReconciliationAnswer)
  reconcilePeriod(@Query({ schema: ReconciliationQuery }) query: ReconciliationQuery) {
    return this.reconciler.reconcile(query.period, this.clock.now());
  }
}

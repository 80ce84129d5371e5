import { Controller, Get } from '@nestjs/common';
import { OperatorOnly, Responds } from '@tokengrid/service';
import { z } from 'zod';
import { CapacityStream } from '../capacity-stream.ts';
import { imbalances, Ledger, totalsOf } from './ledger.ts';

const microAit = z.string().meta({ description: 'µAIT', example: '1250000' });

export const TrialBalanceAnswer = z
  .strictObject({
    accounts: z.array(
      z.strictObject({
        account: z.string(),
        asset: z.string(),
        credited: z.string(),
        debited: z.string(),
        balance: z.string(),
      }),
    ),
    sums: z.record(z.string(), z.string()).meta({ description: 'per asset; all zero while the books balance' }),
    tokens: z.strictObject({
      outstanding: microAit,
      issued: microAit,
      redeemed: microAit,
      expired: microAit,
      available: microAit,
      held: microAit,
      inTransit: microAit,
      escrow: microAit,
      fees: microAit,
    }),
    balanced: z.boolean(),
  })
  .meta({ id: 'TrialBalance' });

export const CapacityAnswer = z
  .strictObject({
    tokens: microAit.nullable().meta({ description: 'µAIT that may be outstanding; null: no limit was declared' }),
    version: z.int(),
    outstanding: microAit,
  })
  .meta({ id: 'Capacity' });

/** The operator's books. */
@Controller('v1')
export class LedgerController {
  constructor(
    private readonly ledger: Ledger,
    private readonly capacity: CapacityStream,
  ) {}

  /** Every lane account and the wallets' together, in one snapshot, and where all tokens are. */
  @Get('ledger/trial-balance')
  @OperatorOnly()
  @Responds(200, TrialBalanceAnswer)
  async trialBalance() {
    const accounts = await this.ledger.sums();
    const sums = imbalances(accounts);
    const balanced = Object.values(sums).every((sum) => sum === 0n);
    return { accounts, sums, tokens: totalsOf(accounts), balanced };
  }

  /** What may be outstanding, and what is. */
  @Get('capacity')
  @OperatorOnly()
  @Responds(200, CapacityAnswer)
  async declared() {
    const [capacity, outstanding] = await Promise.all([this.capacity.load(), this.ledger.outstanding()]);
    const { declared: tokens, version } = capacity.status === 'declared' ? capacity : { declared: null, version: 0 };
    return { tokens, version, outstanding };
  }
}

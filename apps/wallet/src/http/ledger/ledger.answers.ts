import { z } from 'zod';
import { microAit } from '../amounts.ts';

export const TrialBalanceAnswer = z
  .strictObject({
    asOf: z
      .strictObject({ lanes: z.array(z.strictObject({ lane: z.int(), sequence: z.int() })) })
      .meta({ description: 'last included event of each lane' }),
    accounts: z.array(
      z.strictObject({
        account: z.string(),
        asset: z.string(),
        credited: z.string(),
        debited: z.string(),
        balance: z.string(),
      }),
    ),
    sums: z.record(z.string(), z.string()).meta({ description: 'per asset; zero while the books balance' }),
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
      owed: z.string().meta({ description: 'µAIT owed by wallets for reversed purchases', example: '0' }),
    }),
    identityHolds: z.boolean().meta({
      description: 'issued = outstanding + redeemed + expired, and outstanding = the sum of its places',
    }),
    balanced: z.boolean().meta({ description: 'all sums are zero, and the identity holds' }),
  })
  .meta({ id: 'TrialBalance' });

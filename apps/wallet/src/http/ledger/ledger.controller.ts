import { Controller, Get, Query } from '@nestjs/common';
import { StorageClock } from '@tokengrid/event-store';
import { hasCome, invalidArgument, OperatorOnly, Responds, sentTime } from '@tokengrid/service';
import { z } from 'zod';
import { CapacityStream } from '../../streams/capacity.ts';
import { Lanes } from '../../streams/lanes.ts';
import { type Books, identityHolds, imbalances, Ledger, totalsOf } from '../../projections/ledger.ts';
import { LedgerHistory } from '../../projections/ledger-history.ts';

const wholeNumber = (description: string) =>
  z
    .string()
    .regex(/^\d{1,15}$/, 'must be a whole number')
    .transform(Number)
    .optional()
    .meta({ description });

const TrialBalanceQuery = z.strictObject({
  at: sentTime.optional().meta({ description: 'as it was once all of that millisecond was booked' }),
  lane: wholeNumber('one lane alone'),
  sequence: wholeNumber('that lane right after its event of this sequence; 0: before the first'),
});
type TrialBalanceQuery = z.output<typeof TrialBalanceQuery>;

const microAit = z.string().meta({ description: 'µAIT', example: '1250000' });

export const TrialBalanceAnswer = z
  .strictObject({
    asOf: z
      .strictObject({ lanes: z.array(z.strictObject({ lane: z.int(), sequence: z.int() })) })
      .meta({ description: 'the last event of each lane that is in it' }),
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
      owed: z.string().meta({ description: 'µAIT that wallets owe for money that went back', example: '0' }),
    }),
    identityHolds: z.boolean().meta({
      description: 'issued = outstanding + redeemed + expired, and what is outstanding is where tokens can be',
    }),
    balanced: z.boolean().meta({ description: 'every sum is zero, and the identity holds' }),
  })
  .meta({ id: 'TrialBalance' });

export const CapacityAnswer = z
  .strictObject({
    tokens: microAit.nullable().meta({ description: 'µAIT that may be outstanding; null: no limit was declared' }),
    version: z.int(),
    outstanding: microAit,
    warning: z.boolean().meta({ description: 'whether at least 90 % of it were outstanding when last looked' }),
  })
  .meta({ id: 'Capacity' });

/** The operator's books. */
@Controller('v1')
export class LedgerController {
  constructor(
    private readonly ledger: Ledger,
    private readonly history: LedgerHistory,
    private readonly capacity: CapacityStream,
    private readonly lanes: Lanes,
    private readonly clock: StorageClock,
  ) {}

  /**
   * Gets the trial balance: now, at a past time, or of one lane after any of its events. It lists
   * every lane account, the wallets' accounts as sums, and the places of all tokens.
   */
  @Get('ledger/trial-balance')
  @OperatorOnly()
  @Responds(200, TrialBalanceAnswer)
  async getTrialBalance(@Query({ schema: TrialBalanceQuery }) query: TrialBalanceQuery) {
    const { lanes, accounts } = await this.booksOf(query);
    const [sums, tokens] = [imbalances(accounts), totalsOf(accounts)];
    const holds = identityHolds(tokens);
    const balanced = holds && Object.values(sums).every((sum) => sum === 0n);
    return { asOf: { lanes }, accounts, sums, tokens, identityHolds: holds, balanced };
  }

  /** Gets the declared capacity. The answer tells the tokens outstanding. */
  @Get('capacity')
  @OperatorOnly()
  @Responds(200, CapacityAnswer)
  async getCapacity() {
    const [capacity, outstanding] = await Promise.all([this.capacity.load(), this.ledger.outstanding()]);
    if (capacity.status === 'undeclared') return { tokens: null, version: 0, outstanding, warning: false };
    const { declared: tokens, version, warned: warning } = capacity;
    return { tokens, version, outstanding, warning };
  }

  private async booksOf({ at, lane, sequence }: TrialBalanceQuery): Promise<Books> {
    if (at !== undefined && lane !== undefined) throw unfit('at', 'is not taken together with lane');
    if (at !== undefined && !(await hasCome(this.clock, at))) throw unfit('at', 'must not be in the future');
    if (lane === undefined && sequence !== undefined) throw unfit('lane', 'is needed with sequence');
    if (at !== undefined) return this.history.at(at);
    if (lane === undefined) return this.ledger.now();
    if (lane >= this.lanes.all.length) throw unfit('lane', `must be one of the ${this.lanes.all.length} lanes, from 0`);
    if (sequence === undefined) return this.ledger.now(lane);
    const last = await this.history.lastOf(lane);
    if (sequence > last) throw unfit('sequence', `must not be after the lane's last event, ${last}`);
    return this.history.after(lane, sequence);
  }
}

const unfit = (parameter: string, detail: string) =>
  invalidArgument(`/${parameter}: ${detail}`, [{ pointer: `/${parameter}`, detail }]);

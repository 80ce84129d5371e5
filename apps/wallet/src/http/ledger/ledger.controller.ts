import { Controller, Get, Query } from '@nestjs/common';
import { StorageClock } from '@tokengrid/event-store';
import { hasCome, invalidArgument, OperatorOnly, Responds } from '@tokengrid/service';
import { LedgerHistory } from '../../projections/ledger-history.ts';
import { type Books, identityHolds, imbalances, Ledger, totalsOf } from '../../projections/ledger.ts';
import { Lanes } from '../../streams/lanes.ts';
import { TrialBalanceAnswer } from './ledger.answers.ts';
import { TrialBalanceQuery } from './ledger.requests.ts';

/** The operator's books. */
@Controller('v1/ledger')
export class LedgerController {
  constructor(
    private readonly ledger: Ledger,
    private readonly history: LedgerHistory,
    private readonly lanes: Lanes,
    private readonly clock: StorageClock,
  ) {}

  /**
   * Gets the trial balance: now, at a past time, or of one lane after any of its events. It lists
   * every lane account, the wallets' accounts as sums, and the places of all tokens.
   */
  @Get('trial-balance')
  @OperatorOnly()
  @Responds(200, TrialBalanceAnswer)
  async getTrialBalance(@Query({ schema: TrialBalanceQuery }) query: TrialBalanceQuery) {
    const { lanes, accounts } = await this.booksOf(query);
    const [sums, tokens] = [imbalances(accounts), totalsOf(accounts)];
    const holds = identityHolds(tokens);
    const balanced = holds && Object.values(sums).every((sum) => sum === 0n);
    return { asOf: { lanes }, accounts, sums, tokens, identityHolds: holds, balanced };
  }

  private async booksOf({ at, lane, sequence }: TrialBalanceQuery): Promise<Books> {
    if (at !== undefined && lane !== undefined) throw unfit('at', 'must not be used together with lane');
    if (at !== undefined && !(await hasCome(this.clock, at))) throw unfit('at', 'must not be in the future');
    if (lane === undefined && sequence !== undefined) throw unfit('lane', 'is required with sequence');
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

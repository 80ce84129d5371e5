import { Controller, Get, Inject, Param } from '@nestjs/common';
import { StorageClock } from '@tokengrid/event-store';
import type { Calendar } from '@tokengrid/kernel';
import { Caller, operatorCalendar, type Principal, Requires, Responds } from '@tokengrid/service';
import { z } from 'zod';
import { reachedAlerts } from '../../decisions/state/alerts.ts';
import type { Caps, Spent } from '../../decisions/state/spending.ts';
import { heldByMember, spentBy } from '../../decisions/state/spending.ts';
import type { OpenedWallet } from '../../decisions/state/wallet.ts';
import { mustBeOpen } from '../../decisions/state/wallet.ts';
import { Wallets } from '../../streams/wallets.ts';
import { WalletDirectory } from '../../projections/wallet-directory.ts';

const amount = (description: string) => z.string().meta({ description, example: '1250000' });

const spending = {
  daily: amount('µAIT a day of the operator’s').optional(),
  monthly: amount('µAIT a calendar month of the operator’s').optional(),
  spentToday: amount('µAIT charged, captured and sent today'),
  spentThisMonth: amount('µAIT charged, captured and sent this month'),
  held: amount('µAIT under open holds, which count as if they were spent'),
};

export const LimitsStateAnswer = z
  .strictObject({
    walletId: z.string(),
    ...spending,
    alertsAt: z.array(z.int()).meta({ description: 'percentages of the limits that raise an alert' }),
    reached: z
      .array(z.strictObject({ window: z.enum(['day', 'month']), percent: z.int() }))
      .meta({ description: 'those of them that were reached today and this month' }),
  })
  .meta({ id: 'LimitsState' });

export const MembersAnswer = z
  .strictObject({
    data: z.array(
      z.strictObject({
        memberId: z.string(),
        suspended: z.boolean().meta({ description: 'its party is suspended: it spends nothing' }),
        ...spending,
      }),
    ),
    nextCursor: z.null(),
  })
  .meta({ id: 'Members', description: 'always all of them; at most 100' });

/** How much of what a wallet may spend is spent. Read from its stream: it is what decisions decide on. */
@Controller('v1/wallets/:walletId')
export class LimitsController {
  constructor(
    private readonly wallets: Wallets,
    private readonly directory: WalletDirectory,
    @Inject(operatorCalendar) private readonly calendar: Calendar,
    private readonly clock: StorageClock,
  ) {}

  /**
   * Gets the spend limits of a wallet. The answer tells the spend of today and this month, and the
   * alerts reached.
   */
  @Get('limits')
  @Requires('wallet:balances:read')
  @Responds(200, LimitsStateAnswer)
  async getLimits(@Param('walletId') walletId: string, @Caller() caller: Principal) {
    const wallet = await this.load(walletId, caller);
    const { limits, spent, held } = wallet;
    const reached = reachedAlerts(wallet, this.today);
    return { walletId, ...spendingOf(limits, spent, held, this.today), alertsAt: limits.alertsAt, reached };
  }

  /**
   * Lists the members of a wallet: other parties, and the owner's API keys with caps. The list is
   * always complete.
   */
  @Get('members')
  @Requires('wallet:balances:read')
  @Responds(200, MembersAnswer)
  async listMembers(@Param('walletId') walletId: string, @Caller() caller: Principal) {
    const wallet = await this.load(walletId, caller);
    const data = wallet.members.map(({ memberId, suspended, spent, ...caps }) => ({
      memberId,
      suspended,
      ...spendingOf(caps, spent, heldByMember(wallet, memberId), this.today),
    }));
    return { data, nextCursor: null };
  }

  private get today(): string {
    return this.calendar.dayOf(this.clock.now());
  }

  private async load(walletId: string, caller: Principal): Promise<OpenedWallet> {
    await this.directory.mustReach(caller, walletId);
    return mustBeOpen(await this.wallets.load(walletId));
  }
}

function spendingOf({ daily, monthly }: Caps, spent: Spent, held: bigint, day: string) {
  const { onDay, inMonth } = spentBy(spent, day);
  return {
    daily: daily ?? undefined,
    monthly: monthly ?? undefined,
    spentToday: onDay,
    spentThisMonth: inMonth,
    held,
  };
}

import { Inject, Injectable } from '@nestjs/common';
import { derivedId, type WalletEvent } from '@tokengrid/contracts';
import type { Reaction } from '@tokengrid/event-bus';
import { EventStore, type Outcome } from '@tokengrid/event-store';
import { NotYet } from '@tokengrid/kernel';
import { leftOf, periodKeyOf, periodNamed } from '../decisions/rules/period-account.ts';
import type { StatedUse } from '../decisions/rules/stated-uses.ts';
import { chargeWallet } from '../decisions/usage/charge-wallet.ts';
import { PeriodAccounts } from '../projections/period-accounts.ts';
import { Wallets } from '../streams/wallets.ts';
import { Deciding } from './deciding.ts';

/**
 * Rounds one after the other that give nothing back: a wallet may have given up what it had when
 * it was claimed.
 */
const mostInVain = 10;

/** A use that gives back, as it was stated, and the part of it that is left. */
interface Left {
  readonly use: StatedUse;
  readonly round: number;
}

/** Gives back what uses make their periods cheaper, wherever the periods' uses were charged. */
@Injectable()
export class GivingBack {
  constructor(
    private readonly wallets: Wallets,
    private readonly deciding: Deciding,
    @Inject(PeriodAccounts) private readonly periods: Pick<PeriodAccounts, 'walletsOf'>,
    @Inject(EventStore) private readonly store: Pick<EventStore<WalletEvent>, 'outcomeOf' | 'claim'>,
  ) {}

  /**
   * Gives back what the command of an event left: too much for one event, or charged in a wallet
   * that paid for the payer before. Each round is a command of its own, in the wallet of its first
   * delivery.
   * @throws NotYet where nothing is charged that it could go back of
   */
  async rest(
    partyId: string,
    first: Outcome<WalletEvent>,
    reaction: Reaction,
  ): Promise<readonly Outcome<WalletEvent>[]> {
    const outcomes: Outcome<WalletEvent>[] = [];
    const left = leftBy(first, 0);
    let inVain = 0;
    for (let next = left.shift(); next; next = left.shift()) {
      const outcome = await this.giveBack(partyId, next, reaction);
      outcomes.push(outcome);
      const more = leftBy(outcome, next.round + 1);
      inVain = more.some(({ use }) => use.tokens === next!.use.tokens) ? inVain + 1 : 0;
      if (inVain > mostInVain) throw new NotYet(`no wallet gives anything back of ${next.use.usageId}`);
      left.push(...more);
    }
    return outcomes;
  }

  private async giveBack(partyId: string, { use, round }: Left, reaction: Reaction): Promise<Outcome<WalletEvent>> {
    const name = `left ${use.usageId} ${round}`;
    const chargeId = derivedId('chg', use.chargeId, name);
    const data = { partyId, uses: [{ use: { ...use, chargeId } }] };
    const wanted = (walletId: string) => reaction.to(walletId, data, name);
    const executed = await this.store.outcomeOf(wanted('').id);
    if (executed) return executed;
    const period = periodNamed(use.countsIn!);
    const [walletId] = await this.periods.walletsOf(period);
    if (walletId === undefined)
      throw new NotYet(`${-use.tokens} µAIT of ${use.usageId} are not charged yet in its period`);
    const streamId = await this.store.claim(wanted('').id, walletId);
    const command = { ...wanted(streamId), streamId, keys: [periodKeyOf(period)] };
    return this.deciding.handle(this.wallets, chargeWallet, command);
  }
}

/** What an outcome left to give back. */
function leftBy({ events }: Outcome<WalletEvent>, round: number): Left[] {
  return events.flatMap((event) => {
    if (event.type !== 'WalletCharged') return [];
    return event.data.refunded.flatMap(({ returned: _, setOffBy: __, left, ...use }) =>
      left ? [{ use: leftOf(use, left), round }] : [],
    );
  });
}

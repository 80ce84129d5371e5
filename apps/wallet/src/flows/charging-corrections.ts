import { Inject, Injectable } from '@nestjs/common';
import {
  type Correction,
  type EventOf,
  movesTokens,
  type UsageCorrected,
  type WalletEvent,
  walletIdOf,
} from '@tokengrid/contracts';
import type { Reaction } from '@tokengrid/event-bus';
import { type Command, EventStore } from '@tokengrid/event-store';
import { NotYet, type Recorded } from '@tokengrid/kernel';
import { periodKeyOf, periodNamed, periodOf } from '../decisions/rules/period-account.ts';
import { useKeyOf } from '../decisions/rules/use-so-far.ts';
import { type ChargeWallet, chargeWallet, NothingToCharge } from '../decisions/usage/charge-wallet.ts';
import { Deciding } from './deciding.ts';
import { GivingBack } from './giving-back.ts';
import { UseActors } from './use-actors.ts';
import { ChargedUses } from '../projections/charged-uses.ts';
import { MemberDirectory } from '../projections/member-directory.ts';
import { Wallets } from '../streams/wallets.ts';

type Corrected = Recorded<EventOf<typeof UsageCorrected>>;

/** Charges and gives back what corrections of uses change. */
@Injectable()
export class ChargingCorrections {
  constructor(
    private readonly wallets: Wallets,
    private readonly deciding: Deciding,
    private readonly charges: ChargedUses,
    private readonly members: MemberDirectory,
    private readonly actors: UseActors,
    @Inject(EventStore) private readonly store: Pick<EventStore<WalletEvent>, 'outcomeOf' | 'claim'>,
    private readonly giving: GivingBack,
  ) {}

  /**
   * Charges or gives back the differences of corrected uses, in the wallet that was to pay for the
   * use, whoever pays for its payer by now. A use that was free is charged as a new one is. What a
   * use of a counted plan gives back, its month's uses were charged for, in whatever wallet.
   */
  async charge(event: Corrected, reaction: Reaction) {
    const corrections = event.data.corrections.filter(movesTokens);
    if (corrections.length === 0) return undefined;
    const payers = await this.charges.walletsOf(corrections.map(({ usageId }) => usageId));
    const early = corrections.find(({ usageId, was, after }) => !payers.has(usageId) && (was !== 0n || after !== 0));
    if (early) throw new NotYet(`${early.usageId} is not charged yet`);
    const byWallet = Map.groupBy(corrections, ({ usageId }) => payers.get(usageId));
    const outcomes = await Promise.all(
      [...byWallet].map(([walletId, ofWallet]) =>
        walletId === undefined
          ? this.chargeFirst(event, ofWallet, reaction)
          : this.execute(walletId, event, ofWallet, (data) => reaction.to(walletId, data, walletId)),
      ),
    );
    // What an earlier delivery charged first is known by now; it may have left something.
    const earlier = payers.size === 0 ? undefined : await this.store.outcomeOf(firstOf(event, reaction).id);
    const done = [earlier, ...outcomes].filter((outcome) => outcome !== undefined);
    for (const outcome of [...done]) done.push(...(await this.giving.rest(event.data.partyId, outcome, reaction)));
    return done;
  }

  /** Uses that no wallet knows are charged in the wallet of their first delivery. */
  private async chargeFirst(event: Corrected, corrections: readonly Correction[], reaction: Reaction) {
    const { partyId } = event.data;
    const [shared] = await this.members.walletsOf(partyId);
    const wanted = { ...firstOf(event, reaction), streamId: shared ?? walletIdOf(partyId) };
    const executed = await this.store.outcomeOf(wanted.id);
    if (executed) return executed;
    const streamId = await this.store.claim(wanted.id, wanted.streamId);
    return this.execute(streamId, event, corrections, (data) => ({ ...wanted, streamId, data }));
  }

  private async execute(
    walletId: string,
    { id: ratedBy, data: { partyId } }: Corrected,
    corrections: readonly Correction[],
    commandOf: (data: ChargeWallet) => Command<ChargeWallet>,
  ) {
    const uses = await Promise.all(
      corrections.map(async (correction) => ({
        use: statedOf(correction),
        actor: await this.actors.of(walletId, { partyId, key: correction.key }),
        corrects: { after: correction.after, was: correction.was },
      })),
    );
    const periods = corrections.flatMap(({ counted }) => (counted ? [periodKeyOf(periodNamed(counted))] : []));
    const keys = [...corrections.map(({ usageId }) => useKeyOf(usageId)), ...new Set(periods)];
    try {
      return await this.deciding.handle(this.wallets, chargeWallet, {
        ...commandOf({ partyId, ratedBy, uses }),
        keys,
      });
    } catch (error) {
      // They were corrected by an earlier delivery.
      if (error instanceof NothingToCharge) return undefined;
      throw error;
    }
  }
}

/** The command that charges uses which no wallet knows. */
const firstOf = ({ data: { partyId } }: Corrected, reaction: Reaction): Command<undefined> =>
  reaction.to(walletIdOf(partyId), undefined, 'first');

/** What the wallet states again of a correction. */
function statedOf(correction: Correction) {
  const { reportedBy: _, correctedBy: __, reason: ___, replacement: ____, ...more } = correction;
  const { was: _____, after: ______, costs: _______, subsidy: ________, subsidyOf: _________, ...use } = more;
  // The wallet finds the charges of the use itself, of whatever wallet they were.
  const { counted, slice: __________, memberOf: ___________, ...stated } = use;
  return { ...stated, ...(counted && { countsIn: periodOf(counted) }) };
}

import { Inject, Injectable } from '@nestjs/common';
import type { EventOf, UsageRated, WalletEvent } from '@tokengrid/contracts';
import { walletIdOf } from '@tokengrid/contracts';
import type { Reaction } from '@tokengrid/event-bus';
import { type Command, EventStore } from '@tokengrid/event-store';
import type { Recorded } from '@tokengrid/kernel';
import { Deciding } from './deciding.ts';
import { KeyNotBound } from './key-budgets.ts';
import { GivingBack } from './giving-back.ts';
import { periodKeyOf, periodOf } from '../decisions/rules/period-account.ts';
import { periodsGivenBackOf, type UseToCharge } from '../decisions/rules/uses-due.ts';
import { type ChargeWallet, chargeWallet } from '../decisions/usage/charge-wallet.ts';
import { KeyDirectory } from '../projections/key-directory.ts';
import { MemberDirectory } from '../projections/member-directory.ts';
import { Wallets } from '../streams/wallets.ts';
import { sliceClaim } from '../policies/when-slice-offered-hold-slice-or-renew-slice.ts';

type Rated = EventOf<typeof UsageRated>;

/** Charges rated uses. */
@Injectable()
export class ChargingRatedUses {
  constructor(
    private readonly wallets: Wallets,
    private readonly deciding: Deciding,
    private readonly members: MemberDirectory,
    private readonly keys: KeyDirectory,
    @Inject(EventStore) private readonly store: Pick<EventStore<WalletEvent>, 'outcomeOf' | 'claim'>,
    private readonly giving: GivingBack,
  ) {}

  /**
   * Charges the payer's wallet for the rated uses that are not free: the shared wallet of which it
   * is a member, else its own. The caps of the key that a use was made with apply. Uses that make
   * their periods cheaper give back of those, in any wallet that was charged for them.
   */
  async charge(event: Recorded<Rated>, reaction: Reaction) {
    const uses = chargedUses(event);
    if (uses.length === 0) return undefined;
    const { partyId } = event.data;
    const [lines, [shared]] = await Promise.all([this.linesOf(uses), this.members.walletsOf(partyId)]);
    const own = walletIdOf(partyId);
    const wanted = shared ?? own;
    const binding = this.keys.bind(lines.keys(), wanted);
    if (binding) await binding.catch(unlessNotBound);
    const by = (walletId: string): ChargeWallet => {
      const member = walletId === own ? {} : { memberId: partyId };
      const actorOf = ({ key }: Use) => actorBy(key === undefined ? undefined : lines.get(key), member);
      return { partyId, ratedBy: event.id, uses: uses.map((use) => ({ use, ...actorOf(use) })) };
    };
    const periods = periodsGivenBackOf(uses);
    if (periods.length === 0) return this.once(reaction.to(wanted, by(wanted)), by);
    const command = { ...reaction.to(wanted, by(wanted), 'uses'), keys: periods.map(periodKeyOf) };
    const outcome = await this.once(command, by);
    return [outcome, ...(await this.giving.rest(partyId, outcome, reaction))];
  }

  /** Lines of the keys that uses were made with, by key. */
  private async linesOf(uses: readonly Use[]): Promise<ReadonlyMap<string, readonly string[]>> {
    const keys = new Set(uses.flatMap(({ key }) => key ?? []));
    return new Map(await Promise.all([...keys].map(async (key) => [key, await this.keys.lineOf(key)] as const)));
  }

  /**
   * Executes a charge in the wallet of its first delivery, or of its slice. The membership may have
   * changed since, and another wallet's lane does not know the command's id. A restored log tells
   * of charges, but not of claims.
   */
  private async once(wanted: Command<ChargeWallet>, by: (walletId: string) => ChargeWallet) {
    const slice = wanted.data.uses.find(({ use }) => use.slice)?.use.slice;
    const earlier = this.store.outcomeOf(wanted.id);
    // Beside the look: this id stands for no other command. A slice's id does, and is claimed only
    // for a charge that is not executed yet.
    const claimed = slice ? undefined : this.store.claim(wanted.id, wanted.streamId);
    const [executed, claimant] = await Promise.all([earlier, claimed]);
    if (executed) return executed;
    const streamId = claimant ?? (await this.store.claim(sliceClaim(slice!.sliceId), wanted.streamId));
    return this.deciding.handle(this.wallets, chargeWallet, { ...wanted, streamId, data: by(streamId) });
  }
}

type Use = UseToCharge['use'];

/** The actor of a use, if it is a member or a known key. */
const actorBy = (line: readonly string[] | undefined, member: { readonly memberId?: string }) =>
  line || member.memberId !== undefined ? { actor: { line: line ?? [], ...member } } : {};

/** Uses to charge or give back, without the free ones, which no wallet has to know of. */
export const chargedUses = ({ data }: Rated): readonly Use[] =>
  data.uses
    .filter(({ tokens }) => tokens !== 0n)
    .map(({ reportedBy: _, costs: __, subsidy: ___, subsidyOf: ____, trial: _____, memberOf: ______, ...stated }) => {
      const { counted, ...use } = stated;
      return { ...use, ...(counted && { countsIn: periodOf(counted) }) };
    });

/** The use has been made: under a budget that can't be held, it is charged all the same. */
function unlessNotBound(error: unknown): void {
  if (!(error instanceof KeyNotBound)) throw error;
}

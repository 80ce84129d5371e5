import type {
  ChargedUse,
  EventOf,
  Lot as EventLot,
  RatedUse,
  RefusedUse,
  UsageRated,
  WalletCharged,
} from '@tokengrid/contracts';
import type { SpendAlertRaised, WalletEvent } from '@tokengrid/contracts';
import type { DomainEvent, Recorded } from '@tokengrid/kernel';
import { ensure, same, Violation } from '@tokengrid/simulation-kit';
import { dayIn } from '../model/days.ts';
import type { Lot } from '../model/lots.ts';
import type { Alert } from '../model/spending.ts';
import { type Charged, ModelWallet, type Refused } from '../model/wallets.ts';
import { Books } from './books.ts';
import { Memberships } from './memberships.ts';

type RatedEvent = Recorded<EventOf<typeof UsageRated>>;
type ChargedEvent = Recorded<EventOf<typeof WalletCharged>>;
type Happened = Recorded<WalletEvent>;

/** What the wallet says of charges, beside what the model makes of the same uses. */
export class ChargedUses {
  readonly books = new Books();
  readonly wallets = new Map<string, ModelWallet>();
  readonly memberships = new Memberships();
  private readonly rated = new Map<string, RatedEvent>();
  private readonly charged = new Set<string>();
  /** µAIT that came in from outside. */
  granted = 0n;
  /** Codes that uses were refused with, and how often: what a history has reached. */
  readonly outcomes = new Map<string, number>();

  constructor(
    private readonly zone: string,
    /** Keys that a key descends from, with itself. */
    private readonly lineOf: (key: string) => readonly string[],
  ) {}

  /** Uses were rated: they are to be charged, once. */
  expect(event: RatedEvent): void {
    this.rated.set(event.id, event);
    this.memberships.rated(event.id);
  }

  /** What one command stated. @throws Violation */
  see(events: readonly Happened[]): void {
    const alerts: Alert[] = [];
    for (const event of events) {
      const { postings } = event.data as { readonly postings?: Parameters<Books['book']>[1] };
      if (postings) this.books.book(`${event.type} ${event.id}`, postings);
      alerts.push(...this.follow(event));
    }
    const raised = events.filter(({ type }) => type === 'SpendAlertRaised') as Recorded<
      EventOf<typeof SpendAlertRaised>
    >[];
    const told = ({ window, percent, spent, limit }: Alert) => `${window} ${percent} ${spent} ${limit}`;
    same(() => `the alerts of ${events[0]!.id}`, raised.map(({ data }) => told(data)).sort(), alerts.map(told).sort());
    for (const walletId of new Set(events.map(({ streamId }) => streamId))) this.compareBooks(walletId);
  }

  private compareBooks(walletId: string): void {
    const wallet = this.wallets.get(walletId);
    if (!wallet) return;
    same(() => `what ${walletId} holds`, this.books.of(`wallet:${walletId}:available`), wallet.lots.total);
  }

  private follow(event: Happened): readonly Alert[] {
    switch (event.type) {
      case 'WalletOpened':
        this.wallets.set(event.data.walletId, new ModelWallet(event.data.partyId));
        return [];
      case 'WalletCharged':
        return this.seeCharged(event);
      case 'TokensGranted':
      case 'VoucherIssued':
        this.granted += event.data.tokens;
        this.walletOf(event).lots.add(lotOf(event.data.lot));
        return [];
      case 'EarningsReceived':
        same(() => `the lot of ${event.id}`, event.data.lot.tokens, event.data.tokens);
        this.walletOf(event).lots.add(lotOf(event.data.lot));
        return [];
      case 'TokensExpired':
        this.seeExpired(event.data.lots, event.data.tokens, event);
        return [];
      case 'SpendLimitsSet': {
        const wallet = this.walletOf(event);
        wallet.limits = { daily: event.data.daily, monthly: event.data.monthly };
        wallet.alertsAt = event.data.alertsAt;
        return wallet.newAlerts(dayIn(this.zone, event.time));
      }
      default:
        this.followControl(event);
        return [];
    }
  }

  private followControl(event: Happened): void {
    if (event.type === 'MemberSet') {
      const { memberId, daily, monthly } = event.data;
      this.walletOf(event).members.set(memberId, { daily, monthly });
      this.memberships.join(memberId, event.data.walletId);
    } else if (event.type === 'MemberRemoved') {
      this.walletOf(event).remove(event.data.memberId);
      this.memberships.leave(event.data.memberId, event.data.walletId);
    } else if (event.type === 'WalletFrozen') {
      this.walletOf(event).frozenBy.add(event.data.by);
    } else if (event.type === 'WalletUnfrozen') {
      this.walletOf(event).frozenBy.delete(event.data.by);
    } else {
      ensure(!unheardOf.has(event.type), () => `${event.type} ${event.id}, which nobody asked for`);
    }
  }

  private seeExpired(taken: readonly { lotId: string; tokens: bigint }[], tokens: bigint, event: Happened): void {
    const { lots } = this.walletOf(event);
    const due = lots.dueAt(event.time).map(({ lotId }) => lotId);
    same(() => `the lots of ${event.id}`, taken.map(({ lotId }) => lotId).sort(), due.toSorted());
    same(() => `what expires by ${event.id}`, tokens, lots.drop(due));
  }

  private seeCharged(event: ChargedEvent): readonly Alert[] {
    const { data, time } = event;
    const { ratedBy = 'what waited' } = data;
    const rated = this.rated.get(ratedBy);
    if (!rated) throw new Violation(`${event.id} charges ${ratedBy}, which was not rated`);
    ensure(!this.charged.has(ratedBy), () => `${ratedBy} is charged again by ${event.id}`);
    this.charged.add(ratedBy);
    same(() => `the payer of ${event.id}`, data.partyId, rated.data.partyId);
    this.memberships.check(ratedBy, data.partyId, data.walletId, event.id);
    const wallet = this.walletOf(event);
    ensure(wallet.lots.dueAt(time).length === 0, () => `${event.id} comes before what is due expires`);
    const day = dayIn(this.zone, time);
    same(() => `the day of ${event.id}`, [data.day, data.timeZone], [day, this.zone]);
    const actor = (key: string | undefined) => ({ payerId: data.partyId, keyLine: key ? this.lineOf(key) : [] });
    const alerts: Alert[] = [];
    const outcomes = rated.data.uses
      .filter(({ tokens }) => tokens > 0n)
      .map((use) => {
        const outcome = wallet.charge(use, actor(use.key), day);
        alerts.push(...wallet.newAlerts(day));
        return { use, outcome };
      });
    const paid = outcomes.filter((each): each is PaidUse => 'lots' in each.outcome);
    const unpaid = outcomes.filter((each): each is UnpaidUse => 'code' in each.outcome);
    compareAll(`the charged uses of ${event.id}`, data.uses.map(charged), paid.map(meantCharged));
    compareAll(`the refused uses of ${event.id}`, data.refused.map(refused), unpaid.map(meantRefused));
    const tokens = paid.reduce((sum, { use }) => sum + use.tokens, 0n);
    same(() => `what ${event.id} takes`, data.tokens, tokens);
    this.comparePostings(event, tokens);
    for (const { limit = '', code } of data.refused) this.count(`${code} ${limit}`.trim());
    if (paid.length > 0) this.count('charged');
    return alerts;
  }

  private comparePostings(event: ChargedEvent, tokens: bigint): void {
    const sums = new Map<string, bigint>();
    for (const { account, amount } of event.data.postings) sums.set(account, (sums.get(account) ?? 0n) + amount);
    const meant =
      tokens === 0n
        ? []
        : [`lane:${event.lane}:escrow ${tokens}`, `wallet:${event.data.walletId}:available -${tokens}`];
    same(
      () => `the postings of ${event.id}`,
      [...sums].map(([account, amount]) => `${account} ${amount}`).sort(),
      meant,
    );
  }

  private count(what: string): void {
    this.outcomes.set(what, (this.outcomes.get(what) ?? 0) + 1);
  }

  private walletOf({ streamId, id }: Recorded<DomainEvent>): ModelWallet {
    const wallet = this.wallets.get(streamId);
    if (!wallet) throw new Violation(`${id} is of ${streamId}, which is not open`);
    return wallet;
  }

  /** @throws Violation where a rated use was neither charged nor refused, or tokens are nowhere */
  finish(): void {
    for (const [id, { data }] of this.rated) {
      const isFree = data.uses.every(({ tokens }) => tokens === 0n);
      ensure(isFree || this.charged.has(id), () => `${id} is not charged`);
    }
  }

  /** @throws Violation unless all that was granted is somewhere */
  balance(): void {
    const words = ['available', 'held', 'escrow', 'in-transit', 'fees'];
    const somewhere = words.reduce((sum, word) => sum + this.books.sum(word), 0n);
    same(() => 'what is somewhere', somewhere + this.books.sum('expired'), this.granted);
  }
}

/** Events that nothing here leads to. */
const unheardOf = new Set(['EscrowRefused', 'HoldPlaced', 'TokensSent', 'TokensPurchased', 'ChargeRefused']);

interface PaidUse {
  readonly use: RatedUse;
  readonly outcome: Charged;
}
interface UnpaidUse {
  readonly use: RatedUse;
  readonly outcome: Refused;
}

const lotOf = ({ lotId, tokens, priority, expiresAt, transferable, voucher }: EventLot): Lot => ({
  ...{ lotId, tokens, priority, transferable, voucher },
  expiresAt: expiresAt === null ? undefined : Date.parse(expiresAt),
});

/** What of a use a charge says again, so that a receipt states it by itself. */
const again = ({
  usageId,
  chargeId,
  source,
  eventId,
  time,
  app,
  model,
  offer,
  key,
  units,
  plan,
  tokens,
}: RatedUse | ChargedUse) => ({
  ...{ usageId, chargeId, source, eventId, time, app, model, offer, key, units, plan, tokens },
});
const priced = ({ priceVersion, lines, operatorBps, shares }: RatedUse | ChargedUse) => ({
  ...{ priceVersion, operatorBps },
  lines: lines.map((line) => Object.entries(line).sort(([one], [other]) => (one < other ? -1 : 1))),
  shares: shares.map(({ role, partyId, tokens }) => [role, partyId, tokens]),
});

const charged = (use: ChargedUse) => ({
  ...again(use),
  ...priced(use),
  memberIds: use.memberIds ?? [],
  lots: use.lots.map(({ lotId, tokens }) => [lotId, tokens]),
});
const meantCharged = ({ use, outcome }: PaidUse) => ({
  ...again(use),
  ...priced(use),
  memberIds: outcome.memberIds,
  lots: outcome.lots,
});

const refused = ({ usageId, chargeId, tokens, code, limit, available, required }: RefusedUse) => ({
  ...{ usageId, chargeId, tokens, code, limit },
  ...(code === 'WALLET.INSUFFICIENT_TOKENS' && { available, required }),
});
const meantRefused = ({ use, outcome }: UnpaidUse) => ({
  ...{ usageId: use.usageId, chargeId: use.chargeId, tokens: use.tokens, code: outcome.code, limit: outcome.limit },
  ...(outcome.available !== undefined && { available: outcome.available, required: use.tokens }),
});

function compareAll(what: string, are: readonly object[], haveToBe: readonly object[]): void {
  same(() => `the number of ${what}`, are.length, haveToBe.length);
  are.forEach((each, index) => same(() => `number ${index} of ${what}`, each, haveToBe[index]));
}

import type { EventOf, Lot as EventLot, UsageCorrected, UsageRated, WalletCharged } from '@tokengrid/contracts';
import type { SpendAlertRaised, WalletEvent } from '@tokengrid/contracts';
import type { DomainEvent, Recorded } from '@tokengrid/kernel';
import { ensure, same, Violation } from '@tokengrid/simulation-kit';
import { dayIn } from '../model/days.ts';
import type { Lot } from '../model/lots.ts';
import type { Alert } from '../model/spending.ts';
import { ModelWallet } from '../model/wallets.ts';
import { Books } from './books.ts';
import { Memberships } from './memberships.ts';
import { WalletUses } from './wallet-uses.ts';

type RatedEvent = Recorded<EventOf<typeof UsageRated>>;
type CorrectedEvent = Recorded<EventOf<typeof UsageCorrected>>;
type ChargedEvent = Recorded<EventOf<typeof WalletCharged>>;
type Happened = Recorded<WalletEvent>;

/** What the wallet says of charges, beside what the model makes of the same uses. */
export class ChargedUses {
  readonly books = new Books();
  readonly wallets = new Map<string, ModelWallet>();
  readonly memberships = new Memberships();
  readonly uses: WalletUses;
  /** µAIT that came in from outside. */
  granted = 0n;

  /** @param lineOf keys that a key descends from, with itself */
  constructor(
    private readonly zone: string,
    private readonly lanes: number,
    lineOf: (key: string) => readonly string[],
  ) {
    this.uses = new WalletUses(lineOf);
  }

  /** Uses were rated or corrected: they are to be charged or given back, once. */
  expect(event: RatedEvent | CorrectedEvent): void {
    if (event.type === 'UsageRated') this.uses.expectRated(event);
    else this.uses.expectCorrected(event);
    this.memberships.rated(event.id);
  }

  /** All that ever came into the escrow of each lane. */
  get escrowCredits(): ReadonlyMap<number, bigint> {
    const { books } = this;
    return new Map(Array.from({ length: this.lanes }, (_, lane) => [lane, books.creditOf(`lane:${lane}:escrow`)]));
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
    for (const { streamId, time, id, type } of events) {
      this.compareBooks(streamId);
      if (type !== 'WalletCharged') continue;
      const due = this.wallets.get(streamId)?.lots.dueAt(time) ?? [];
      ensure(due.length === 0, () => `lots due, but not expired by ${id}: ${due.map(({ lotId }) => lotId).join(', ')}`);
    }
  }

  private compareBooks(walletId: string): void {
    const wallet = this.wallets.get(walletId);
    if (!wallet) return;
    same(() => `the balance of ${walletId}`, this.books.of(`wallet:${walletId}:available`), wallet.lots.total);
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
      this.walletOf(event).join(memberId, { daily, monthly });
      this.memberships.join(memberId, event.data.walletId);
    } else if (event.type === 'MemberRemoved') {
      this.walletOf(event).remove(event.data.memberId);
      this.memberships.leave(event.data.memberId, event.data.walletId);
    } else if (event.type === 'WalletFrozen') {
      this.walletOf(event).frozenBy.add(event.data.by);
    } else if (event.type === 'WalletUnfrozen') {
      this.walletOf(event).frozenBy.delete(event.data.by);
    } else {
      ensure(!unheardOf.has(event.type), () => `unexpected event: ${event.type} ${event.id}`);
    }
  }

  private seeExpired(taken: readonly { lotId: string; tokens: bigint }[], tokens: bigint, event: Happened): void {
    const { lots } = this.walletOf(event);
    const due = lots.dueAt(event.time).map(({ lotId }) => lotId);
    same(() => `the lots of ${event.id}`, taken.map(({ lotId }) => lotId).sort(), due.toSorted());
    same(() => `the tokens that expire by ${event.id}`, tokens, lots.drop(due));
  }

  private seeCharged(event: ChargedEvent): readonly Alert[] {
    const { data, time } = event;
    const wallet = this.walletOf(event);
    const places = this.uses.walletsOf(event);
    if (places === undefined) this.memberships.check(data.ratedBy!, data.partyId, data.walletId, event.id);
    else same(() => `the wallet of ${event.id}`, data.walletId, places);
    ensure(wallet.lots.dueAt(time).length === 0, () => `${event.id} comes before the expiry of due lots`);
    const day = dayIn(this.zone, time);
    same(() => `the day of ${event.id}`, [data.day, data.timeZone], [day, this.zone]);
    return this.uses.see(event, wallet, day);
  }

  private walletOf({ streamId, id }: Recorded<DomainEvent>): ModelWallet {
    const wallet = this.wallets.get(streamId);
    if (!wallet) throw new Violation(`${id} is of the wallet ${streamId}, which is not open`);
    return wallet;
  }

  /** @throws Violation unless the accounts sum to all that was granted */
  balance(): void {
    const words = ['available', 'held', 'escrow', 'in-transit', 'fees'];
    const somewhere = words.reduce((sum, word) => sum + this.books.sum(word), 0n);
    same(() => 'the sum of all accounts', somewhere + this.books.sum('expired'), this.granted);
  }
}

/** Events that nothing here leads to. */
const unheardOf = new Set(['EscrowRefused', 'HoldPlaced', 'TokensSent', 'TokensPurchased', 'ChargeRefused']);

const lotOf = ({ lotId, source, tokens, priority, expiresAt, transferable, voucher }: EventLot): Lot => ({
  ...{ lotId, source, tokens, priority, transferable, voucher },
  expiresAt: expiresAt === null ? undefined : Date.parse(expiresAt),
});

import type { EventOf, PriceQuoted, PurchasePending, WalletEvent } from '@tokengrid/contracts';
import type { Recorded } from '@tokengrid/kernel';
import type { KnownHold } from '../decisions/hold-gone.ts';
import { type MarketPolicy, openMarket } from '../decisions/market-policy.ts';
import type { KnownPrices } from '../decisions/post-token-price.ts';
import type { PurchaseStanding } from '../decisions/settle-purchase.ts';
import type { TokenPrice } from '../decisions/token-price.ts';
import type { Dice } from './dice.ts';

interface DirectoryHold extends KnownHold {
  readonly holdId: string;
  readonly walletId: string;
  readonly memberIds: readonly string[];
  /** µAIT under it when it was last extended. */
  readonly tokens: bigint;
}

/** What waits for a second person, or did. */
export interface Waiting {
  readonly kind: 'gift' | 'price' | 'policy';
  readonly streamId: string;
  readonly approvalId: string;
}

type DirectoryQuote = EventOf<typeof PriceQuoted>['data'];
type DirectoryPurchase = EventOf<typeof PurchasePending>['data'];

/** How far back somebody looks who wants to do something about a hold, a quote or a purchase. */
const recent = 24;

/** What controllers look up before they send a command: the read models, in memory. */
export class Directory {
  private readonly holds = new Map<string, DirectoryHold>();
  private readonly quotes: DirectoryQuote[] = [];
  private readonly purchases: DirectoryPurchase[] = [];
  private readonly standings = new Map<string, PurchaseStanding>();
  private readonly paymentIds = new Map<string, string>();
  private readonly waiting: Waiting[] = [];
  /** What the operator allows. */
  policy: MarketPolicy = openMarket;
  private readonly placed: string[] = [];
  private readonly prices: (TokenPrice & { readonly effectiveFrom: number })[] = [];

  see(event: Recorded<WalletEvent>): void {
    switch (event.type) {
      case 'TokenPriceSet': {
        const { effectiveFrom, ...price } = event.data;
        this.prices.push({ ...price, effectiveFrom: Date.parse(effectiveFrom) });
        return;
      }
      case 'PriceQuoted':
        this.quotes.push(event.data);
        return;
      case 'PurchasePending':
        this.purchases.push(event.data);
        this.standings.set(event.data.purchaseId, 'pending');
        return;
      case 'PurchaseFailed':
      case 'TokensPurchased': {
        const { purchaseId } = event.data;
        const became = event.type === 'TokensPurchased' ? 'completed' : 'failed';
        if (this.standings.has(purchaseId)) this.standings.set(purchaseId, became);
        return;
      }
      case 'PaymentRequested':
        this.paymentIds.set(event.data.purchaseId, event.data.paymentId);
        return;
      case 'GrantProposed':
        return this.wait('gift', event.streamId, event.data.approvalId);
      case 'TokenPriceProposed':
        return this.wait('price', event.streamId, event.data.approvalId);
      case 'MarketPolicyProposed':
        return this.wait('policy', event.streamId, event.data.approvalId);
      case 'MarketPolicySet':
        this.policy = event.data;
        return;
      case 'HoldPlaced': {
        const { holdId, walletId, memberIds = [], tokens, expiresAt } = event.data;
        const hold = { holdId, walletId, memberIds, tokens, status: 'open', expiresAt: Date.parse(expiresAt) } as const;
        this.holds.set(holdId, hold);
        this.placed.push(holdId);
        return;
      }
      case 'HoldExtended': {
        const { holdId, held, memberIds = [], expiresAt } = event.data;
        this.holds.set(holdId, { ...this.hold(holdId), memberIds, tokens: held, expiresAt: Date.parse(expiresAt) });
        return;
      }
      case 'HoldCaptured':
        if (event.data.final) this.end(event.data.holdId, 'captured');
        return;
      case 'HoldReleased':
        return this.end(event.data.holdId, 'released');
      case 'HoldExpired':
        return this.end(event.data.holdId, 'expired');
      default:
        // Nobody looks up what the others say.
        return;
    }
  }

  private wait(kind: Waiting['kind'], streamId: string, approvalId: string): void {
    this.waiting.push({ kind, streamId, approvalId });
  }

  private hold(holdId: string): DirectoryHold {
    return this.holds.get(holdId)!;
  }

  private end(holdId: string, status: KnownHold['status']): void {
    const hold = this.hold(holdId);
    if (hold.status === 'open') this.holds.set(holdId, { ...hold, status });
  }

  /** One of those placed last, whether or not it is still open. */
  someHold(dice: Dice): DirectoryHold | undefined {
    const holdId = lately(this.placed, dice);
    return holdId === undefined ? undefined : this.hold(holdId);
  }

  /** One that ends at this very moment, if there is one; else one of those made last, whether or not it is still good. */
  someQuote(dice: Dice, time: number): DirectoryQuote | undefined {
    const ending = this.quotes.slice(-recent).find(({ expiresAt }) => Date.parse(expiresAt) === time);
    return ending ?? lately(this.quotes, dice);
  }

  /** One of those that lately had to be paid, whether or not it was. */
  somePurchase(dice: Dice): DirectoryPurchase | undefined {
    return lately(this.purchases, dice);
  }

  standing(purchaseId: string): PurchaseStanding {
    return this.standings.get(purchaseId)!;
  }

  /** As much of a purchase's row as is looked at before the provider is asked for its money. */
  purchaseRow(purchaseId: string): { readonly status: PurchaseStanding; readonly paymentId: string | null } {
    return { status: this.standing(purchaseId), paymentId: this.paymentIds.get(purchaseId) ?? null };
  }

  /** Something that lately had to be approved, whether or not it was. */
  someWaiting(dice: Dice): Waiting | undefined {
    return lately(this.waiting, dice);
  }

  knownHold(holdId: string): KnownHold {
    const { status, expiresAt } = this.hold(holdId);
    return { status, expiresAt };
  }

  /** What a purchase or sale has to know. */
  terms(time: number): { readonly posted: TokenPrice | undefined; readonly policy: MarketPolicy } {
    return { posted: this.priceInForce(time), policy: this.policy };
  }

  /** What a price is compared with: the one in force at a time, and those posted for later. */
  pricesSince(time: number): KnownPrices {
    const begins = this.inForce(time)?.effectiveFrom ?? 0;
    const since = this.prices.filter(({ effectiveFrom }) => effectiveFrom >= begins);
    // Sorting is stable: of equals, the one posted last is the last.
    return { at: time, posted: this.prices.length, since: since.sort((a, b) => a.effectiveFrom - b.effectiveFrom) };
  }

  /** The price with the latest time that has come; of equals, the last posted. */
  private inForce(time: number) {
    const come = this.prices.filter(({ effectiveFrom }) => effectiveFrom <= time);
    const latest = Math.max(...come.map(({ effectiveFrom }) => effectiveFrom));
    return come.findLast(({ effectiveFrom }) => effectiveFrom === latest);
  }

  private priceInForce(time: number): TokenPrice | undefined {
    const price = this.inForce(time);
    if (!price) return undefined;
    const { priceVersion, currency, buy, sellBack } = price;
    return { priceVersion, currency, buy, sellBack };
  }
}

function lately<Item>(items: readonly Item[], dice: Dice): Item | undefined {
  const back = Math.min(recent, items.length);
  return back === 0 ? undefined : items[items.length - 1 - dice.roll(back)];
}

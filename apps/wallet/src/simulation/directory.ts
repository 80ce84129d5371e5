import type { EventOf, PriceQuoted, PurchasePending, WalletEvent } from '@tokengrid/contracts';
import type { Recorded } from '@tokengrid/kernel';
import type { KnownHold } from '../decisions/hold-gone.ts';
import { type MarketPolicy, openMarket } from '../decisions/market-policy.ts';
import type { PurchaseStanding } from '../decisions/settle-purchase.ts';
import type { TokenPrice } from '../decisions/token-price.ts';
import type { Dice } from './dice.ts';

interface DirectoryHold extends KnownHold {
  readonly holdId: string;
  readonly walletId: string;
  /** µAIT under it when it was last extended. */
  readonly tokens: bigint;
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
      case 'MarketPolicySet':
        this.policy = event.data;
        return;
      case 'HoldPlaced': {
        const { holdId, walletId, tokens, expiresAt } = event.data;
        this.holds.set(holdId, { holdId, walletId, tokens, status: 'open', expiresAt: Date.parse(expiresAt) });
        this.placed.push(holdId);
        return;
      }
      case 'HoldExtended': {
        const { holdId, held, expiresAt } = event.data;
        this.holds.set(holdId, { ...this.hold(holdId), tokens: held, expiresAt: Date.parse(expiresAt) });
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

  knownHold(holdId: string): KnownHold {
    const { status, expiresAt } = this.hold(holdId);
    return { status, expiresAt };
  }

  /** What a purchase or sale has to know. */
  terms(time: number): { readonly posted: TokenPrice | undefined; readonly policy: MarketPolicy } {
    return { posted: this.priceInForce(time), policy: this.policy };
  }

  /** The price with the latest time that has come; of equals, the last posted. */
  priceInForce(time: number): TokenPrice | undefined {
    const come = this.prices.filter(({ effectiveFrom }) => effectiveFrom <= time);
    const latest = Math.max(...come.map(({ effectiveFrom }) => effectiveFrom));
    const price = come.findLast(({ effectiveFrom }) => effectiveFrom === latest);
    if (!price) return undefined;
    const { priceVersion, currency, buy, sellBack } = price;
    return { priceVersion, currency, buy, sellBack };
  }
}

function lately<Item>(items: readonly Item[], dice: Dice): Item | undefined {
  const back = Math.min(recent, items.length);
  return back === 0 ? undefined : items[items.length - 1 - dice.roll(back)];
}

import type { EventOf, PriceQuoted, WalletEvent } from '@tokengrid/contracts';
import type { Recorded } from '@tokengrid/kernel';
import type { Dice } from '@tokengrid/simulation-kit';
import type { KnownHold } from '@tokengrid/wallet/decisions/rules/resolved-holds';
import { type MarketPolicy, openMarket } from '@tokengrid/wallet/decisions/state/market-policies';
import type { KnownPrices } from '@tokengrid/wallet/decisions/prices/post-token-price';
import type { TokenPrice } from '@tokengrid/wallet/decisions/state/token-prices';
import { lately, recent } from './lately.ts';
import { PurchaseBook } from './purchase-book.ts';

interface DirectoryHold extends KnownHold {
  readonly holdId: string;
  readonly walletId: string;
  readonly memberIds: readonly string[];
  /** µAIT under it at its last extension. */
  readonly tokens: bigint;
}

/** An open proposal, or a decided one. */
export interface Waiting {
  readonly kind: 'grant' | 'price' | 'policy' | 'resolution';
  readonly streamId: string;
  readonly approvalId: string;
}

type DirectoryQuote = EventOf<typeof PriceQuoted>['data'];

/** Facts that controllers look up before they send a command: the read models, in memory. */
export class Directory {
  private readonly holds = new Map<string, DirectoryHold>();
  private readonly quotes: DirectoryQuote[] = [];
  /** Purchases through the payment provider. */
  readonly purchases = new PurchaseBook();
  private readonly withdrawn = new Set<number>();
  private readonly waiting: Waiting[] = [];
  private readonly closed = new Set<string>();
  /** The market policy in force. */
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
      case 'WalletClosed':
        this.closed.add(event.data.walletId);
        return;
      case 'WalletReopened':
        this.closed.delete(event.data.walletId);
        return;
      case 'TokenPriceWithdrawn':
        this.withdrawn.add(event.data.priceVersion);
        return;
      case 'ContradictionResolutionProposed':
        this.purchases.see(event);
        return this.wait('resolution', event.streamId, event.data.approvalId);
      case 'GrantProposed':
        return this.wait('grant', event.streamId, event.data.approvalId);
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
        return this.purchases.see(event);
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

  /** One of the last holds placed, open or not. */
  someHold(dice: Dice): DirectoryHold | undefined {
    const holdId = lately(this.placed, dice);
    return holdId === undefined ? undefined : this.hold(holdId);
  }

  /** A quote that ends at this very moment, if any; else one of the last quotes, valid or not. */
  someQuote(dice: Dice, time: number): DirectoryQuote | undefined {
    const ending = this.quotes.slice(-recent).find(({ expiresAt }) => Date.parse(expiresAt) === time);
    return ending ?? lately(this.quotes, dice);
  }

  /** A recent proposal, open or not; mostly of any kind, else one of a rare kind. */
  someWaiting(dice: Dice): Waiting | undefined {
    const seldom = dice.once(4) ? this.waiting.filter((each) => this.isSeldom(each)) : [];
    return lately(seldom.length > 0 ? seldom : this.waiting, dice);
  }

  /** One of the last resolutions of payments. */
  someResolution(dice: Dice): Waiting | undefined {
    return lately(
      this.waiting.filter(({ kind }) => kind === 'resolution'),
      dice,
    );
  }

  /** True for a rare kind: resolutions of payments, and grants to a closed wallet. */
  private isSeldom({ kind, streamId }: Waiting): boolean {
    return kind === 'resolution' || this.closed.has(streamId);
  }

  knownHold(holdId: string): KnownHold {
    const { status, expiresAt } = this.hold(holdId);
    return { status, expiresAt };
  }

  /** Terms for a purchase or sale. */
  terms(time: number): { readonly posted: TokenPrice | undefined; readonly policy: MarketPolicy } {
    return { posted: this.priceInForce(time), policy: this.policy };
  }

  /** Prices that a new one is compared with: the one in force at a time, and later ones. */
  pricesSince(time: number): KnownPrices {
    const begins = this.inForce(time)?.effectiveFrom ?? 0;
    const since = this.good.filter(({ effectiveFrom }) => effectiveFrom >= begins);
    // Sorting is stable: of equals, the last posted is last.
    since.sort((a, b) => a.effectiveFrom - b.effectiveFrom);
    return { at: time, posted: this.prices.length, withdrawn: this.withdrawn.size, since };
  }

  /** Prices that were not withdrawn. */
  private get good() {
    return this.prices.filter(({ priceVersion }) => !this.withdrawn.has(priceVersion));
  }

  /** One of the last prices posted, or one that never was. */
  somePriceVersion(dice: Dice): number {
    return Math.max(1, this.prices.length + 1 - dice.roll(4));
  }

  /** The price with the latest time that has come; of equals, the last posted. */
  private inForce(time: number) {
    const come = this.good.filter(({ effectiveFrom }) => effectiveFrom <= time);
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

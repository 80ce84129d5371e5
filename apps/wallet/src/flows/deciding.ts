import { Inject, Injectable } from '@nestjs/common';
import type { WalletEvent } from '@tokengrid/contracts';
import { type Command, type Outcome, StoreUnavailable, type Streams } from '@tokengrid/event-store';
import type { Decide } from '@tokengrid/kernel';
import type { KnownPrices } from '../decisions/prices/post-token-price.ts';
import type { KnownContradiction } from '../decisions/purchases/resolve-contradiction.ts';
import type { PriceInForce } from '../decisions/rules/token-prices.ts';
import type { KnownPeriod } from '../decisions/rules/period-account.ts';
import type { KnownUse } from '../decisions/rules/use-so-far.ts';
import { FactNeeded, type Facts } from '../decisions/state/facts.ts';
import type { KnownPurchase } from '../decisions/state/purchase-record.ts';
import type { WalletLane } from '../decisions/state/wallet-lane.ts';
import type { MarketTerms } from '../decisions/usage/top-up.ts';
import { ChargedUses } from '../projections/charged-uses.ts';
import { MarketPolicyInForce } from '../projections/market-policy-in-force.ts';
import { PeriodAccounts } from '../projections/period-accounts.ts';
import { PurchaseDirectory } from '../projections/purchase-directory.ts';
import { TokenPrices } from '../projections/token-prices.ts';
import { Issuing } from './issuing.ts';

/** Fields of a command's data that hold looked-up facts. */
interface Known {
  /** Price in force, if any. */
  readonly posted?: PriceInForce | undefined;
  readonly market?: MarketTerms | undefined;
  /** Capacity left beside the lane's slice, in µAIT; present once it is known to be too little. */
  readonly capacityLeft?: bigint;
  readonly usesSoFar?: ReadonlyMap<string, KnownUse> | undefined;
  readonly periodsSoFar?: ReadonlyMap<string, KnownPeriod> | undefined;
  readonly known?: KnownPrices | KnownPurchase | KnownContradiction;
}

/** One look-up for each fact; its result replaces fields of the command's data. */
type LookUps = { readonly [Fact in keyof Facts]: (which: Facts[Fact]) => Promise<Known> };

/** Limit of look-ups for one command: facts that change faster than that are not waited for. */
export const mostLookUps = 100;

/**
 * Executes commands whose decisions need facts. A command may bring a fact, which saves a turn; a
 * decision that misses one, or finds it outdated, names it, and is made again once it is looked up.
 */
@Injectable()
export class Deciding {
  constructor(
    private readonly prices: TokenPrices,
    private readonly market: MarketPolicyInForce,
    private readonly purchases: PurchaseDirectory,
    private readonly issuing: Issuing,
    @Inject(ChargedUses) private readonly charges: Pick<ChargedUses, 'soFar'>,
    @Inject(PeriodAccounts) private readonly periods: Pick<PeriodAccounts, 'soFar'>,
  ) {}

  /**
   * Executes a command. It is in its lane's queue when this returns.
   * @throws StoreUnavailable where a fact could not be had in time: nothing was done
   */
  async handle<State, Data extends Known>(
    streams: Pick<Streams<State, WalletEvent, WalletLane>, 'handle'>,
    decide: Decide<State, Data, WalletEvent, WalletLane>,
    command: Command<Data>,
  ): Promise<Outcome<WalletEvent>> {
    let lookUps: LookUps | undefined;
    let { data } = command;
    for (let looks = 0; looks <= mostLookUps; looks++) {
      try {
        return await streams.handle(decide, { ...command, data });
      } catch (error) {
        if (!(error instanceof FactNeeded)) throw error;
        lookUps ??= this.lookUpsFor(command);
        data = { ...data, ...(await lookedUp(error, lookUps)) };
      }
    }
    throw new StoreUnavailable('facts changed faster than they could be looked up; sending it again is safe');
  }

  private lookUpsFor(command: Command<unknown>): LookUps {
    return {
      capacity: this.issuing.capacityFor(command),
      price: async ({ time }) => ({ posted: await this.prices.inForceAt(time) }),
      marketTerms: async ({ time }) => {
        const [posted, policy] = await Promise.all([this.prices.inForceAt(time), this.market.now()]);
        return { market: { posted, policy } };
      },
      uses: async ({ lane, usageIds }) => ({ usesSoFar: await this.charges.soFar(lane, usageIds.split(',')) }),
      periods: async ({ lane, periods }) => ({
        periodsSoFar: await this.periods.soFar(lane, command.streamId, periods.split(',')),
      }),
      postedPrices: async () => ({ known: await this.prices.known() }),
      purchase: async ({ purchaseId }) => ({ known: (await this.purchases.mustKnow(purchaseId)).known }),
      contradiction: async ({ noticeId }) => ({
        known: (await this.purchases.mustKnowContradiction(noticeId)).known,
      }),
    };
  }
}

const lookedUp = <Fact extends keyof Facts>({ fact, which }: FactNeeded<Fact>, lookUps: LookUps): Promise<Known> =>
  lookUps[fact](which);

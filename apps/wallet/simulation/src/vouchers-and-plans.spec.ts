import { describe, it } from '@jest/globals';
import type { ChargedUse, VoucherTerms, WalletEvent } from '@tokengrid/contracts';
import { walletIdOf } from '@tokengrid/contracts';
import type { Decide, DecisionContext } from '@tokengrid/kernel';
import { Dice } from '@tokengrid/simulation-kit';
import { assignPlan } from '@tokengrid/wallet/decisions/grants/assign-plan';
import { chargeWallet } from '@tokengrid/wallet/decisions/usage/charge-wallet';
import { endPlan } from '@tokengrid/wallet/decisions/grants/end-plan';
import {
  chargeOf,
  context,
  opened,
  purchased,
  sentOn,
  use,
  walletId,
} from '@tokengrid/wallet/decisions/examples.fixture';
import { expireTokens } from '@tokengrid/wallet/decisions/wallets/expire-tokens';
import { NothingDue } from '@tokengrid/wallet/decisions/rules/due';
import { issueVoucher } from '@tokengrid/wallet/decisions/grants/issue-voucher';
import { sumOf } from '@tokengrid/wallet/decisions/state/lots';
import { placeHold } from '@tokengrid/wallet/decisions/holds/place-hold';
import { receiveTokens } from '@tokengrid/wallet/decisions/transfers/receive-tokens';
import { renewPlan } from '@tokengrid/wallet/decisions/grants/renew-plan';
import type { OpenedWallet } from '@tokengrid/wallet/decisions/state/wallet';
import { afterEvent, mustBeOpen, wallet } from '@tokengrid/wallet/decisions/state/wallet';
import type { WalletLane } from '@tokengrid/wallet/decisions/state/wallet-lane';

const steps = 3000;
const day = 86_400_000;
const funders = ['c', 'd'].map((digit) => `org_${digit.repeat(26)}`);
const apps = ['translate', 'summarize'];
const models = ['qwen', 'yi'];

function ensure(holds: boolean, otherwise: string): void {
  if (!holds) throw new Error(otherwise);
}

/**
 * One wallet through years of vouchers, plans, charges and holds, with its own count of tokens in
 * and out.
 */
class Life {
  private state: OpenedWallet = mustBeOpen(wallet.evolve(wallet.initial, opened));
  private time = context.time;
  private readonly accounts = new Map<string, bigint>();
  /**
   * µAIT that each party sent into vouchers, minus those paid by its vouchers and those returned.
   */
  private readonly outstanding = new Map<string, bigint>();
  private ids = 0;

  constructor(private readonly dice: Dice) {
    this.happen(purchased(5_000n));
  }

  private id(prefix: string): string {
    return `${prefix}_${String(this.ids++).padStart(26, '0')}`;
  }

  private decide<Data>(decision: Decide<OpenedWallet, Data, WalletEvent, WalletLane>, data: Data): void {
    const at: DecisionContext<WalletLane> = { ...context, time: this.time };
    for (const event of decision(this.state, data, at)) if ('type' in event) this.happen(event);
  }

  private happen(event: WalletEvent): void {
    if (event.type === 'WalletCharged') for (const use of event.data.uses) this.checkShares(use);
    this.state = afterEvent(this.state, event as Parameters<typeof afterEvent>[1]);
    let sum = 0n;
    for (const { account, asset, amount } of 'postings' in event.data ? event.data.postings : []) {
      if (asset !== 'AIT') continue;
      sum += amount;
      this.accounts.set(account, (this.accounts.get(account) ?? 0n) + amount);
    }
    ensure(sum === 0n, `the postings of ${event.type} leave ${sum}`);
    this.count(event);
    const { available, lots, held } = this.state;
    ensure(sumOf(lots) === available, `${event.type}: the lots are not ${available}`);
    const booked = this.accounts.get(`wallet:${walletId}:available`) ?? 0n;
    ensure(booked === available, `${event.type}: ${available} available, the books say ${booked}`);
    ensure((this.accounts.get(`wallet:${walletId}:held`) ?? 0n) === held, `${event.type}: held`);
    for (const funder of funders) {
      const there = sumOf(lots.filter(({ voucher }) => voucher?.funder === funder));
      ensure(there === (this.outstanding.get(funder) ?? 0n), `${event.type}: vouchers of ${funder} are ${there}`);
    }
  }

  /**
   * Checks that no voucher pays more of a charge than its terms allow, nor for a use out of its
   * scope.
   */
  private checkShares({ tokens, lots, ...used }: ChargedUse): void {
    for (const taken of lots) {
      const lot = this.state.lots.find(({ lotId }) => lotId === taken.lotId)!;
      if (!lot.voucher) continue;
      const { shareBps, capPerUse, apps: forApps, models: forModels, funder } = lot.voucher;
      ensure(taken.tokens * 10_000n <= tokens * BigInt(shareBps), `${taken.tokens} of ${tokens} at ${shareBps}`);
      ensure(capPerUse === undefined || taken.tokens <= capPerUse, `${taken.tokens} above ${capPerUse}`);
      ensure(!forApps || forApps.includes(used.app ?? ''), `${used.app} paid by a voucher for ${forApps?.join(',')}`);
      ensure(!forModels || forModels.includes(used.model ?? ''), `${used.model} for ${forModels?.join(',')}`);
      this.add(funder, -taken.tokens);
    }
  }

  private count(event: WalletEvent): void {
    if (event.type === 'TokensReceived') this.add(event.data.lots[0]!.voucher!.funder, event.data.tokens);
    if (event.type === 'VoucherReturned') {
      const funder = funders.find((party) => walletIdOf(party) === event.data.funderWalletId)!;
      this.add(funder, -event.data.tokens);
    }
    if (event.type === 'PlanReset') {
      const left = sumOf(this.state.lots.filter(({ lotId }) => lotId.startsWith(event.data.planId)));
      ensure(left <= this.state.plan!.rolloverCap, `${left} rolled over`);
    }
  }

  private add(funder: string, tokens: bigint): void {
    this.outstanding.set(funder, (this.outstanding.get(funder) ?? 0n) + tokens);
  }

  private terms(): Omit<VoucherTerms, 'funder'> {
    const { dice } = this;
    return {
      shareBps: 1 + dice.roll(10_000),
      ...(dice.roll(2) === 0 && { apps: [dice.one(apps)] }),
      ...(dice.roll(2) === 0 && { models: [dice.one(models)] }),
      ...(dice.roll(2) === 0 && { capPerUse: BigInt(1 + dice.roll(100)) }),
    };
  }

  private readonly acts: readonly (() => void)[] = [
    () => (this.time += this.dice.roll(4 * day)),
    () => {
      const tokens = BigInt(1 + this.dice.roll(400));
      const expiresAt = this.time + this.dice.roll(20 * day);
      this.decide(issueVoucher, { voucherId: this.id('vch'), tokens, terms: this.terms(), expiresAt });
    },
    () => {
      const voucher = { ...this.terms(), funder: this.dice.one(funders) };
      const tokens = BigInt(1 + this.dice.roll(400));
      const parcels = [{ tokens, expiresAt: new Date(this.time + this.dice.roll(20 * day)).toISOString() }];
      const transfer = { transferId: this.id('trf'), walletId, fromWalletId: walletIdOf(voucher.funder) };
      this.decide(receiveTokens, { ...transfer, tokens, sentOn, parcels, voucher });
    },
    () => {
      const uses = Array.from({ length: 1 + this.dice.roll(4) }, () => {
        const of = { app: this.dice.one(apps), model: this.dice.one(models) };
        return { use: use(BigInt(1 + this.dice.roll(200)), of) };
      });
      this.decide(chargeWallet, chargeOf(...uses));
    },
    () => {
      const hold = { holdId: this.id('hld'), tokens: BigInt(1 + this.dice.roll(50)), reason: 'r' };
      this.decide(placeHold, { ...hold, expiresInSeconds: 1 + this.dice.roll(day / 100) });
    },
    () => {
      const plan = { tokens: BigInt(1 + this.dice.roll(900)), rolloverCap: BigInt(this.dice.roll(500)) };
      this.decide(assignPlan, { planId: this.id('pln'), ...plan, transferable: this.dice.roll(2) === 0 });
    },
    () => this.dice.roll(5) === 0 && this.decide(endPlan, {}),
    () => this.decide(renewPlan, {}),
    () => this.decide(expireTokens, {}),
  ];

  step(): void {
    try {
      this.dice.one(this.acts)();
    } catch (error) {
      if (!(error instanceof NothingDue)) throw error;
    }
  }
}

describe('vouchers and plans', () => {
  it.each([1, 2, 3, 4])('keep their terms after every event of a random life (seed %i)', (seed) => {
    const life = new Life(new Dice(seed));
    for (let step = 0; step < steps; step++) life.step();
  });
});

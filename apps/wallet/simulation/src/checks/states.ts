import { isDeepStrictEqual } from 'node:util';
import { ensure, shown } from '@tokengrid/simulation-kit';
import type { Capacity } from '@tokengrid/wallet/decisions/state/capacity';
import type { MarketPolicies } from '@tokengrid/wallet/decisions/state/market-policies';
import type { TokenPriceList } from '@tokengrid/wallet/decisions/state/token-prices';
import type { OpenedWallet, Wallet } from '@tokengrid/wallet/decisions/state/wallet';
import type { WalletLane } from '@tokengrid/wallet/decisions/state/wallet-lane';
import type { ReferenceModel } from '../model/model.ts';
import type { ModelLane, ModelWallet } from '../model/state.ts';
import { compareCounters } from './counters.ts';
import { burnOrder, type ModelLot, totalOf } from '../model/lots.ts';

interface Lot {
  readonly lotId: string;
  readonly source: string;
  readonly tokens: bigint;
  readonly priority: number;
  readonly expiresAt: number | null;
  readonly transferable: boolean;
  readonly voucher?: object | undefined;
}

/** Compares a wallet's state with the model: every lot, its terms and its rank, and every hold. */
export function compareWallet(state: Wallet, wallet: ModelWallet | undefined): void {
  if (!state.opened || !wallet) {
    ensure(
      !state.opened && !wallet,
      () => `a wallet is ${state.opened ? 'open' : 'not open'}, and has to be otherwise`,
    );
    return;
  }
  const { walletId, available, held } = state;
  ensure(available >= 0n && held >= 0n, () => `${walletId} has ${available} and holds ${held}`);
  const free = totalOf(wallet.lots);
  ensure(available === free, () => `${walletId} has ${available}, and has to have ${free}`);
  compareLots(walletId, state.lots, burnOrder(wallet.lots));
  compareHolds(state, wallet);
  compareControl(state, wallet);
  compareCounters(state, wallet);
  const pending = state.pending.map(({ purchaseId }) => purchaseId);
  const all = [...wallet.purchases.values()];
  const waiting = all.filter(({ status }) => status === 'pending').map(({ id }) => id);
  ensure(isDeepStrictEqual(pending, waiting), () => `of ${walletId} wait ${shown(pending)}, not ${shown(waiting)}`);
  const [quotes, promised] = [state.quotes.map(({ quoteId }) => quoteId), wallet.quotes.map(({ id }) => id)];
  ensure(
    isDeepStrictEqual(quotes, promised),
    () => `${walletId} was promised ${shown(quotes)}, not ${shown(promised)}`,
  );
}

function compareControl(
  { walletId, status, limits, plan, members, proposals }: OpenedWallet,
  wallet: ModelWallet,
): void {
  const meant = {
    status: { closed: wallet.closed, frozenBy: [...wallet.frozenBy] },
    limits: [wallet.limits.daily ?? null, wallet.limits.monthly ?? null, wallet.limits.alertsAt],
    members: [...wallet.members]
      .filter(([, { isThere }]) => isThere)
      .map(([id]) => id)
      .sort(),
    plan: wallet.plan && [wallet.plan.planId, wallet.plan.resets, wallet.plan.renews],
    waiting: wallet.waiting.map(({ id, by, people, what }) => [id, by, people, what]),
  };
  const is = {
    status: { closed: status.closed, frozenBy: status.frozenBy },
    limits: [limits.daily, limits.monthly, limits.alertsAt],
    members: members.map(({ memberId }) => memberId).sort(),
    plan: plan && [plan.planId, plan.resetsAt, plan.renewAt ?? Infinity],
    waiting: proposals.map(({ approvalId, by, people, grant }) => [approvalId, by, people, grant]),
  };
  ensure(isDeepStrictEqual(is, meant), () => `${walletId} is ${shown(is)}, and has to be ${shown(meant)}`);
}

function compareHolds({ walletId, held, holds }: OpenedWallet, wallet: ModelWallet): void {
  const meant = [...wallet.holds.values()];
  const under = meant.reduce((sum, { lots }) => sum + totalOf(lots), 0n);
  ensure(held === under, () => `${walletId} holds ${held}, and has to hold ${under}`);
  ensure(holds.length === meant.length, () => `${walletId} has ${holds.length} holds, not ${meant.length}`);
  for (const [index, hold] of holds.entries()) {
    const { id, ends, lots } = meant[index]!;
    ensure(hold.holdId === id && hold.expiresAt === ends, () => `${hold.holdId} ends ${hold.expiresAt}, not ${ends}`);
    ensure(hold.tokens === totalOf(lots), () => `${id} has ${hold.tokens}, not ${totalOf(lots)}`);
    compareLots(id, hold.lots, burnOrder(lots));
  }
}

function compareLots(where: string, lots: readonly Lot[], meant: readonly ModelLot[]): void {
  const differs = () => `the lots of ${where} are ${shown(lots)}, and have to be ${shown(meant)}`;
  ensure(lots.length === meant.length, differs);
  for (const [index, lot] of lots.entries()) {
    const { id, source, tokens, priority, ends, sellable, voucher } = meant[index]!;
    const same =
      lot.lotId === id &&
      lot.source === source &&
      lot.tokens === tokens &&
      lot.priority === priority &&
      (lot.expiresAt ?? Infinity) === ends &&
      lot.transferable === sellable &&
      isDeepStrictEqual(lot.voucher, voucher);
    ensure(same, differs);
  }
}

export function compareLane({ issuance, released }: WalletLane, own: ModelLane): void {
  ensure(released === own.released, () => `${released} left escrow, not ${own.released}`);
  const limit = issuance.limit === 'none' ? 0 : issuance.version;
  const amount = issuance.limit === 'none' ? issuance.used : issuance.room;
  const meant = own.limit === 0 ? own.used : own.room;
  const held = issuance.limit === 'none' || issuance.held === own.held;
  ensure(
    limit === own.limit && amount === meant && held,
    () => `a lane has ${shown(issuance)}, and has to have ${shown(own)}`,
  );
}

export function compareCapacity(state: Capacity, { capacity }: ReferenceModel): void {
  if (state.status === 'undeclared') return ensure(capacity.version === 0, () => 'the capacity is not declared');
  const same =
    state.version === capacity.version &&
    state.declared === capacity.declared &&
    state.granted === capacity.granted &&
    state.reported.length === capacity.reported.length &&
    state.warned === capacity.warned;
  ensure(same, () => `the capacity is ${shown(state)}, and has to be ${shown(capacity)}`);
}

export function comparePrices({ posted, proposals }: TokenPriceList, { prices, waitingPrices }: ReferenceModel): void {
  const is = proposals.map(({ approvalId, by, people, effectiveFrom, currency, buy, sellBack }) => {
    const from = effectiveFrom === null ? undefined : Date.parse(effectiveFrom);
    return { id: approvalId, by, people, what: { currency, buy, sellBack, from } };
  });
  ensure(posted === prices.length, () => `${posted} prices were posted, not ${prices.length}`);
  ensure(isDeepStrictEqual(is, waitingPrices), () => `prices wait: ${shown(is)}, not ${shown(waitingPrices)}`);
}

export function comparePolicies({ set, approvals, proposals }: MarketPolicies, model: ReferenceModel): void {
  const is = [
    set,
    approvals,
    proposals.map(({ approvalId, by, people, terms }) => ({ id: approvalId, by, people, what: terms })),
  ];
  const meant = [model.policies, model.approvals, model.waitingPolicies];
  ensure(isDeepStrictEqual(is, meant), () => `the market policy is ${shown(is)}, and has to be ${shown(meant)}`);
}

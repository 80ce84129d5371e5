import { type Grant, instantOf, type WalletEvent } from '@tokengrid/contracts';
import type { Command, Outcome } from '@tokengrid/event-store';
import type { IncomingCommand } from '@tokengrid/service';
import type { Dice } from '@tokengrid/simulation-kit';
import { approveGrant } from '@tokengrid/wallet/decisions/grants/approve-grant';
import { capacityStreamId } from '@tokengrid/wallet/decisions/state/capacity';
import { changeMarketPolicy } from '@tokengrid/wallet/decisions/market-policy/change-market-policy';
import {
  approveMarketPolicy,
  rejectMarketPolicy,
} from '@tokengrid/wallet/decisions/market-policy/decide-market-policy';
import { approveTokenPrice, rejectTokenPrice } from '@tokengrid/wallet/decisions/prices/decide-token-price';
import { postTokenPrice } from '@tokengrid/wallet/decisions/prices/post-token-price';
import { giveTokens } from '@tokengrid/wallet/decisions/grants/give-tokens';
import { marketPolicyStreamId } from '@tokengrid/wallet/decisions/state/market-policies';
import { rejectGrant } from '@tokengrid/wallet/decisions/grants/reject-grant';
import { tokenPriceStreamId } from '@tokengrid/wallet/decisions/state/token-prices';
import {
  type ApproveResolution,
  approveResolution,
  rejectResolution,
} from '@tokengrid/wallet/decisions/purchases/resolve-contradiction';
import { watchCapacity } from '@tokengrid/wallet/decisions/capacity/watch-capacity';
import { withdrawTokenPrice } from '@tokengrid/wallet/decisions/prices/withdraw-token-price';
import type { Waiting } from './directory.ts';
import { KnownPolicy, PostedPrices } from './look-ups.ts';
import { type Act, request, someWallet } from './request.ts';
import type { SimulatedProcess } from '../machine/process.ts';
import type { Stage } from './stage.ts';

/**
 * The operator's people with their keys. Keys of the first two were minted with the operator's own,
 * the third's with one of theirs; the last key is a successor of the first's.
 */
export const persons = [
  { by: 'bootstrap', people: ['bootstrap'] },
  { by: 'key_a', people: ['key_a', 'bootstrap'] },
  { by: 'key_b', people: ['key_b', 'bootstrap'] },
  { by: 'key_c', people: ['key_c', 'key_a', 'bootstrap'] },
  { by: 'key_d', people: ['key_a', 'bootstrap'] },
] as const;
type Person = (typeof persons)[number];

/** A request for a grant, with a new id at each send. */
function give(world: Stage, dice: Dice, body: object, grant: () => Grant) {
  const who = dice.one(persons);
  const data = () => ({ approvalId: world.id('apr'), ...who, grant: grant(), policy: world.directory.policy });
  return request(world, someWallet(world, dice), body, data, (process, command) =>
    process.deciding.handle(process.wallets, giveTokens, command),
  );
}

/** Often exactly the amount that one person may give alone, or one µAIT more. */
function someTokens(world: Stage, dice: Dice, most: number): bigint {
  const { grantsAbove } = world.directory.policy.approvals;
  if (grantsAbove === undefined || grantsAbove > BigInt(most) || !dice.once(3)) return dice.tokens(most);
  return dice.once(2) && grantsAbove > 0n ? grantsAbove : grantsAbove + 1n;
}

const granting: Act = {
  weight: 8,
  make: (world, dice) => {
    // Few expiries in a world with many lots, so that some lots are equal.
    const end = world.hoards ? 3_600_000 : (dice.once(5) ? 0 : dice.roll(120) - 2) * 1000;
    const expiresAt = dice.once(3) ? null : instantOf(world.time + end);
    const source = dice.one(['plan', 'promotion'] as const);
    const body = { tokens: someTokens(world, dice, 1000), source, expiresAt, transferable: dice.once(2) };
    return give(world, dice, body, () => ({ kind: 'grant', grantId: world.id('grt'), ...body }));
  },
};

const models = ['some-model', 'other-model'] as const;

/** Scope and share of a voucher. */
export function voucherTerms(dice: Dice) {
  return {
    ...(dice.once(3) && { apps: ['some-app'] }),
    ...(dice.once(3) && { models: [dice.one(models)] }),
    shareBps: 1 + dice.roll(10_000),
    ...(dice.once(3) && { capPerUse: dice.tokens(100) }),
  };
}

const issuingVouchers: Act = {
  weight: 4,
  make: (world, dice) => {
    const expiresAt = instantOf(world.time + (dice.roll(120) - 2) * 1000);
    const body = { tokens: someTokens(world, dice, 400), terms: voucherTerms(dice), expiresAt };
    return give(world, dice, body, () => ({ kind: 'voucher', voucherId: world.id('vch'), ...body }));
  },
};

const planning: Act = {
  weight: 3,
  make: (world, dice) => {
    const tokens = someTokens(world, dice, 500);
    const body = { tokens, rolloverCap: BigInt(dice.roll(400)), transferable: dice.once(2) };
    return give(world, dice, body, () => ({ kind: 'plan', planId: world.id('pln'), ...body }));
  },
};

/**
 * An amount of at most another one; or one as far from it as one person may go, or just farther.
 */
function changed(dice: Dice, was: bigint, bps: number): bigint {
  const step = (was * BigInt(bps)) / 10_000n + BigInt(dice.roll(2));
  return dice.once(2) || step > was ? was + step : was - step;
}

/**
 * As far as one person may go from the price in force at that time, or just farther; or any price,
 * some so high that little money is rounded away.
 */
function somePrice(world: Stage, dice: Dice, effectiveFrom: number) {
  const { posted, policy } = world.directory.terms(effectiveFrom);
  const bps = policy.approvals.priceChangeAboveBps;
  if (posted && bps !== undefined && dice.once(2)) {
    const [buy, sellBack] = [changed(dice, posted.buy, bps), changed(dice, posted.sellBack, bps)];
    return { currency: posted.currency, buy, sellBack: sellBack < buy ? sellBack : buy };
  }
  const buy = BigInt(dice.roll(400)) * (dice.once(2) ? 10_000n : 1n);
  return { currency: dice.once(20) ? 'EUR' : 'CNY', buy, sellBack: BigInt(dice.roll(Number(buy) + 1)) };
}

/** About now, or soon after the last announced price, which it is compared with. */
function someStart({ time, directory }: Stage, dice: Dice): number {
  const last = directory.pricesSince(time).since.at(-1);
  if (last && last.effectiveFrom > time && dice.once(2)) return last.effectiveFrom + dice.roll(10) * 1000;
  return time + (dice.roll(200) - 100) * 1000;
}

const pricing: Act = {
  weight: 2,
  make: (world, dice) => {
    const { directory } = world;
    const effectiveFrom = dice.once(2) ? undefined : someStart(world, dice);
    const body = { ...somePrice(world, dice, effectiveFrom ?? world.time), effectiveFrom };
    const who = dice.one(persons);
    return request(
      world,
      tokenPriceStreamId,
      body,
      () => ({ approvalId: world.id('apr'), ...who, ...body }),
      (process, { data, ...command }) => {
        const deciding = process.decidingWith(
          new PostedPrices(directory, process.now),
          new KnownPolicy(directory.policy),
        );
        const looked = { policy: directory.policy, known: directory.pricesSince(process.now()) };
        return deciding.handle(process.prices, postTokenPrice, { ...command, data: { ...data, ...looked } });
      },
    );
  },
};

const withdrawing: Act = {
  weight: 1,
  make: (world, dice) => {
    const body = { priceVersion: world.directory.somePriceVersion(dice) };
    return request(
      world,
      tokenPriceStreamId,
      body,
      () => body,
      (process, command) => process.prices.handle(withdrawTokenPrice, command),
    );
  },
};

/** A request's command as the service makes it, for any stream and data. */
export const incoming = (command: Omit<Command<never>, 'data' | 'streamId'>): IncomingCommand =>
  ({ to: <Data>(streamId: string, data: Data) => ({ ...command, streamId, data }) }) as never;

const allowing: Act = {
  weight: 2,
  make: (world, dice) => {
    const permission = () => ({
      allowed: !dice.once(6),
      ...(dice.once(2) && { monthlyCap: dice.tokens(dice.once(2) ? 20_000 : 400) }),
    });
    const terms = {
      ...(dice.once(2) && { billMonthlyLimit: BigInt(dice.roll(2000)) }),
      ...(dice.once(3) && { providerMonthly: BigInt(dice.roll(4000)) }),
      sending: permission(),
      selling: permission(),
      approvals: {
        ...(dice.once(2) && { grantsAbove: BigInt(dice.roll(4) * 150) }),
        ...(dice.once(2) && { priceChangeAboveBps: dice.roll(5) * 1000 }),
      },
    };
    const who = dice.one(persons);
    const data = () => ({ approvalId: world.id('apr'), ...who, terms });
    return request(world, marketPolicyStreamId, terms, data, (process, command) =>
      process.market.handle(changeMarketPolicy, command),
    );
  },
};

type Word = Command<{
  readonly approvalId: string;
  readonly by: string;
  readonly people: readonly string[];
  readonly reason?: string;
}>;

function approve({ kind }: Waiting, process: SimulatedProcess, command: Word): Promise<Outcome<WalletEvent>> {
  if (kind === 'grant') return process.deciding.handle(process.wallets, approveGrant, command);
  if (kind === 'price') return process.prices.handle(approveTokenPrice, command);
  if (kind === 'resolution')
    return process.deciding.handle(process.wallets, approveResolution, command as Command<ApproveResolution>);
  return process.market.handle(approveMarketPolicy, command);
}

function reject({ kind }: Waiting, process: SimulatedProcess, command: Word): Promise<Outcome<WalletEvent>> {
  if (kind === 'grant') return process.wallets.handle(rejectGrant, command);
  if (kind === 'price') return process.prices.handle(rejectTokenPrice, command);
  if (kind === 'resolution') return process.wallets.handle(rejectResolution, command);
  return process.market.handle(rejectMarketPolicy, command);
}

/** Facts that controllers look up for a decision on a proposal. */
function lookedUp({ directory, time }: Stage, { kind, streamId, approvalId }: Waiting) {
  if (kind !== 'resolution') return {};
  return {
    posted: directory.terms(time).posted,
    known: directory.purchases.known(streamId, directory.purchases.purchaseOf(approvalId)),
  };
}

/** A decision on an open or recently decided proposal, at times by its proposer. */
const deciding: Act = {
  weight: 10,
  make: (world, dice) => {
    const waiting = world.directory.someWaiting(dice);
    return waiting && decision(world, dice, waiting);
  },
};

function decision(world: Stage, dice: Dice, waiting: Waiting, who: Person = dice.one(persons)) {
  const { approvalId, streamId } = waiting;
  const decide = dice.once(4) ? reject : approve;
  const body = { approvalId, ...who, ...(decide === reject && dice.once(2) && { reason: 'not agreed' }) };
  return request(
    world,
    streamId,
    body,
    () => ({ ...body, ...lookedUp(world, waiting) }),
    (process, command) => decide(waiting, process, command),
  );
}

/** A second person's decision on a contradicting payment. */
const resolving: Act = {
  weight: 3,
  make: (world, dice) => {
    const waiting = world.directory.someResolution(dice);
    return waiting && decision(world, dice, waiting, dice.once(2) ? persons[2] : undefined);
  },
};

/**
 * A second person's agreement with an open resolution: of others that are decided on, most are
 * resolved already, one's own, or no longer fit.
 */
const agreeing: Act = {
  weight: 5,
  make: (world, dice) => {
    const open = [...world.checker.model.wallets.values()].flatMap(({ id: streamId, waitingResolutions }) =>
      waitingResolutions.map(({ id: approvalId, people }) => ({ streamId, approvalId, people })),
    );
    if (open.length === 0) return undefined;
    const { people, ...proposal } = dice.one(open);
    const isAnother = (one: Person) =>
      !one.people.some((each) => each === people[0]) && !people.includes(one.people[0]);
    const others = persons.filter(isAnother);
    return decision(world, dice, { kind: 'resolution', ...proposal }, dice.one(others.length > 0 ? others : persons));
  },
};

/** The service's watch of the capacity, with books of a moment ago. */
const watching: Act = {
  weight: 6,
  make: (world) =>
    request(
      world,
      capacityStreamId,
      { watch: true },
      () => ({ outstanding: world.checker.books.outstanding }),
      (process, command) => process.capacity.handle(watchCapacity, command),
    ),
};

/** Grants and prices of the operator's people. */
export const givingActs: readonly Act[] = [granting, issuingVouchers, planning, pricing];

/** Acts of the operator's people, some of which take two of them. */
export const operatorActs: readonly Act[] = [
  ...givingActs,
  withdrawing,
  allowing,
  deciding,
  resolving,
  agreeing,
  watching,
];

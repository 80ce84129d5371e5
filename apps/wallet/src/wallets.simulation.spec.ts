import { describe, it } from '@jest/globals';
import type { Posting, WalletEvent } from '@tokengrid/contracts';
import { walletIdOf } from '@tokengrid/contracts';
import type { Aggregate, Decide, DecisionContext } from '@tokengrid/kernel';
import { laneOf, NotYet, systemStreamId } from '@tokengrid/kernel';
import { capacity, capacityStreamId } from './decisions/capacity.ts';
import { chargeWallet } from './decisions/charge-wallet.ts';
import { collectFees } from './decisions/collect-fees.ts';
import { declareCapacity } from './decisions/declare-capacity.ts';
import { use } from './decisions/examples.fixture.ts';
import { grantTokens } from './decisions/grant-tokens.ts';
import { SliceTooSmall } from './decisions/issuance.ts';
import { sumOf } from './decisions/lots.ts';
import { openMarket } from './decisions/market-policy.ts';
import { openWallet } from './decisions/open-wallet.ts';
import { purchaseTokens } from './decisions/purchase-tokens.ts';
import { receiveCapacity } from './decisions/receive-capacity.ts';
import { receiveEarnings } from './decisions/receive-earnings.ts';
import { receiveTokens } from './decisions/receive-tokens.ts';
import { reclaimCapacity } from './decisions/reclaim-capacity.ts';
import { releaseEscrow } from './decisions/release-escrow.ts';
import { requestCapacity } from './decisions/request-capacity.ts';
import { returnCapacity } from './decisions/return-capacity.ts';
import { returnTransfer } from './decisions/return-transfer.ts';
import { sellTokens } from './decisions/sell-tokens.ts';
import { sendTokens } from './decisions/send-tokens.ts';
import { type Wallet, wallet } from './decisions/wallet.ts';
import { type WalletLane, walletLane } from './decisions/wallet-lane.ts';
import { reclaimFor } from './policies/when-capacity-returned-reclaim-it.ts';
import { earningsFor } from './policies/when-escrow-released-receive-earnings.ts';
import { arrivalFor } from './policies/when-tokens-sent-receive-them.ts';
import { returnFor } from './policies/when-transfer-declined-return-it.ts';

const lanes = 3;
const lanesOwn = Array.from({ length: lanes }, (_, lane) => systemStreamId(lane, lanes));
const digits = '0123456789abcdefghjkmnpqrstvwxyz';
const parties = Array.from({ length: 6 }, (_, index) => `org_${digits[index]!.repeat(26)}`);
/** Registers never: what is sent to it comes back. */
const strangersWallet = walletIdOf(`org_${'z'.repeat(26)}`);
const seeds = [1, 2, 3, 4, 5, 6, 7, 8];
const steps = 4000;

/** Numbers that look random and are the same for the same seed (mulberry32). */
class Dice {
  constructor(private state: number) {}

  /** A whole number ≥ 0 and < `below`. */
  roll(below: number): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  }

  one<Item>(items: readonly Item[]): Item {
    return items[this.roll(items.length)]!;
  }

  tokens(below: number): bigint {
    return BigInt(1 + this.roll(below));
  }
}

/** An event with the lane that it happened in. */
type Happened = WalletEvent & { readonly lane: number };

/** The service without its machinery: streams, books, and a policy queue that delivers in any order. */
class World {
  readonly books = new Map<string, bigint>();
  /** µAIT that charges put into each lane's escrow. */
  readonly charged = new Map<number, bigint>();
  readonly undelivered: Happened[] = [];
  /** The last declaration of capacity that all lanes have heard of. */
  private heard = 0;
  time = Date.UTC(2026, 0, 1);
  private readonly states = new Map<string, unknown>();
  private ids = 0;

  id(prefix: string): string {
    return `${prefix}_${String(this.ids++).padStart(26, '0')}`;
  }

  state<State>(aggregate: Aggregate<State, WalletEvent>, streamId: string): State {
    return (this.states.get(streamId) ?? aggregate.initial) as State;
  }

  handle<State, Data>(
    aggregate: Aggregate<State, WalletEvent>,
    streamId: string,
    decide: Decide<State, Data, WalletEvent, WalletLane>,
    data: Data,
  ): readonly WalletEvent[] {
    const lane = laneOf(streamId, lanes);
    const own = lanesOwn[lane]!;
    const context: DecisionContext<WalletLane> = { time: this.time, lane, lanes, system: this.state(walletLane, own) };
    const decided = decide(this.state(aggregate, streamId), data, context);
    return decided.map((item) => {
      const event = 'systemEvent' in item ? item.systemEvent : item;
      if ('systemEvent' in item) this.states.set(own, walletLane.evolve(this.state(walletLane, own), event));
      else this.states.set(streamId, aggregate.evolve(this.state(aggregate, streamId), event));
      this.happened({ ...event, lane });
      return event;
    });
  }

  private happened(event: Happened): void {
    if ('postings' in event.data) this.book(event.data.postings, event);
    if (event.type === 'WalletCharged') {
      this.charged.set(event.lane, (this.charged.get(event.lane) ?? 0n) + event.data.tokens);
    }
    this.undelivered.push(event);
    this.check(event);
  }

  private book(postings: readonly Posting[], { type, lane }: Happened): void {
    const sums = new Map<string, bigint>();
    for (const { account, asset, amount } of postings) {
      if (account.startsWith('lane:')) ensure(account.startsWith(`lane:${lane}:`), `${type} posts to ${account}`);
      sums.set(asset, (sums.get(asset) ?? 0n) + amount);
      this.books.set(account, (this.books.get(account) ?? 0n) + amount);
    }
    for (const [asset, sum] of sums) ensure(sum === 0n, `the postings of ${type} leave ${sum} ${asset}`);
  }

  /** What has to hold after every single event. */
  private check(event: Happened): void {
    for (const party of parties) {
      const walletId = walletIdOf(party);
      const state: Wallet = this.state(wallet, walletId);
      if (state.status === 'none') continue;
      const booked = this.books.get(`wallet:${walletId}:available`) ?? 0n;
      ensure(state.available >= 0n, `${walletId} has ${state.available}`);
      ensure(sumOf(state.lots) === state.available, `the lots of ${walletId} are not ${state.available}`);
      ensure(booked === state.available, `${walletId} has ${state.available}, the books say ${booked}`);
    }
    for (let lane = 0; lane < lanes; lane++) ensure(this.account(lane, 'escrow') >= 0n, `escrow of lane ${lane}`);
    if (event.type === 'CapacityUsed') this.checkCapacity();
  }

  private checkCapacity(): void {
    const state = this.state(capacity, capacityStreamId);
    if (state.status === 'undeclared' || this.heard < state.version) return;
    ensure(this.outstanding <= state.declared, `${this.outstanding} outstanding, ${state.declared} declared`);
  }

  account(lane: number, name: string): bigint {
    return this.books.get(`lane:${lane}:${name}`) ?? 0n;
  }

  sum(name: string): bigint {
    return lanesOwn.reduce((sum, _, lane) => sum + this.account(lane, name), 0n);
  }

  get outstanding(): bigint {
    return -this.sum('issuance') - this.sum('redeemed') - this.sum('expired');
  }

  /** What the policies do with one event. */
  deliver(event: Happened): void {
    switch (event.type) {
      case 'TokensSent':
        this.handle(wallet, event.data.toWalletId, receiveTokens, arrivalFor(event));
        break;
      case 'TransferDeclined':
        this.handle(wallet, event.data.fromWalletId, returnTransfer, returnFor(event));
        break;
      case 'EscrowReleased':
        this.handle(wallet, event.data.toWalletId, receiveEarnings, earningsFor(event));
        break;
      case 'CapacityDeclared':
        for (const own of lanesOwn) this.handle(walletLane, own, returnCapacity, event.data);
        this.heard = Math.max(this.heard, event.data.version);
        break;
      case 'CapacityReturned':
      case 'CapacityFreed': {
        const reclaim = reclaimFor(event);
        if (reclaim) this.handle(capacity, capacityStreamId, reclaimCapacity, reclaim);
        break;
      }
      case 'CapacityGranted':
        this.handle(walletLane, lanesOwn[event.data.lane]!, receiveCapacity, event.data);
    }
  }
}

function ensure(holds: boolean, otherwise: string): void {
  if (!holds) throw new Error(otherwise);
}

/** Does something to the world that callers and other services do. */
type Act = (world: World, dice: Dice) => void;

const posted = { priceVersion: 1, currency: 'CNY', buy: 199n, sellBack: 150n };
const someWallet = (dice: Dice) => walletIdOf(dice.one(parties));

/** Commands that issue tokens: a lane that is short asks for more, and the command may come again knowing that there is none. */
function issue(world: World, dice: Dice, decide: (capacityLeft: { capacityLeft?: bigint }) => void): void {
  try {
    decide({});
  } catch (error) {
    if (!(error instanceof SliceTooSmall)) throw error;
    const request = { lane: error.lane, required: error.lacking };
    const [answer] = world.handle(capacity, capacityStreamId, requestCapacity, request);
    if (answer?.type === 'CapacityExhausted') decide({ capacityLeft: answer.data.left });
    else if (dice.roll(2) === 0) decide({ capacityLeft: 0n });
  }
}

const acts: readonly Act[] = [
  (world, dice) => {
    const partyId = dice.one(parties);
    const walletId = walletIdOf(partyId);
    if (world.state(wallet, walletId).status === 'open') return;
    world.handle(wallet, walletId, openWallet, { walletId, partyId, partyKind: 'developer' });
  },
  (world, dice) => {
    const walletId = someWallet(dice);
    const purchase = {
      purchaseId: world.id('pur'),
      tokens: dice.tokens(2000),
      method: 'carrier-bill',
      posted,
      policy: openMarket,
    } as const;
    issue(world, dice, (left) => world.handle(wallet, walletId, purchaseTokens, { ...purchase, ...left }));
  },
  (world, dice) => {
    const walletId = someWallet(dice);
    const expiresAt = dice.roll(3) === 0 ? undefined : world.time + dice.roll(600_000);
    const terms = { source: dice.one(['plan', 'promotion'] as const), expiresAt, transferable: dice.roll(2) === 0 };
    const grant = { grantId: world.id('grt'), tokens: dice.tokens(1000), ...terms };
    issue(world, dice, (left) => world.handle(wallet, walletId, grantTokens, { ...grant, ...left }));
  },
  (world, dice) => {
    const from = someWallet(dice);
    const toWalletId = dice.roll(10) === 0 ? strangersWallet : someWallet(dice);
    if (toWalletId === from) return;
    const transfer = {
      transferId: world.id('trf'),
      toWalletId,
      tokens: dice.tokens(800),
      receiverKnown: dice.roll(20) > 0,
      policy: openMarket,
    };
    world.handle(wallet, from, sendTokens, transfer);
  },
  (world, dice) => {
    world.handle(wallet, someWallet(dice), sellTokens, {
      saleId: world.id('sal'),
      tokens: dice.tokens(500),
      posted,
      policy: openMarket,
    });
  },
  (world, dice) => {
    const charge = { chargeId: world.id('chg'), usageId: world.id('usg'), tokens: dice.tokens(300), use };
    world.handle(wallet, someWallet(dice), chargeWallet, charge);
  },
  (world, dice) => {
    const lane = dice.roll(lanes);
    const owed = { statementId: world.id('stm'), period: '2026-01-01', tokens: dice.tokens(400) };
    const release = { ...owed, charged: world.charged.get(lane) ?? 0n };
    const own = lanesOwn[lane]!;
    if (dice.roll(3) === 0) world.handle(walletLane, own, collectFees, { ...release, partyId: 'operator' });
    else world.handle(walletLane, own, releaseEscrow, { ...release, partyId: dice.one(parties) });
  },
  (world, dice) => {
    if (dice.roll(40) > 0) return;
    world.handle(capacity, capacityStreamId, declareCapacity, { tokens: BigInt(dice.roll(60_000)) });
  },
  (world, dice) => {
    world.time += dice.roll(20_000);
  },
];

/** Delivers one event to the policies, in no particular order; one whose time has not come is put back. */
function deliverOne(world: World, dice: Dice): void {
  const [event] = world.undelivered.splice(dice.roll(world.undelivered.length), 1);
  if (!event) return;
  try {
    world.deliver(event);
  } catch (error) {
    if (!(error instanceof NotYet)) throw error;
    world.undelivered.push(event);
  }
}

function openAll(world: World): void {
  for (const partyId of parties) {
    const walletId = walletIdOf(partyId);
    if (world.state(wallet, walletId).status === 'none') {
      world.handle(wallet, walletId, openWallet, { walletId, partyId, partyKind: 'developer' });
    }
  }
}

describe('wallets, lanes and capacity', () => {
  it.each(seeds)('keep their books after every event of a random history (seed %i)', (seed) => {
    const dice = new Dice(seed);
    const world = new World();
    for (let step = 0; step < steps; step++) {
      try {
        if (dice.roll(2) === 0) deliverOne(world, dice);
        else dice.one(acts)(world, dice);
      } catch (error) {
        if (error instanceof NotYet) continue;
        throw new Error(`seed ${seed}, step ${step}: ${(error as Error).message}`, { cause: error });
      }
    }
    openAll(world);
    while (world.undelivered.length > 0) deliverOne(world, dice);
    ensure(world.sum('in-transit') === 0n, `${world.sum('in-transit')} in transit although all was delivered`);
    const accounts = [...world.books].filter(([account]) => !/:(bill|sales)$/.test(account));
    ensure(accounts.reduce((sum, [, amount]) => sum + amount, 0n) === 0n, 'the books do not balance');
    const held = accounts.filter(([account]) => /:(available|escrow|fees)$/.test(account));
    const sum = held.reduce((total, [, amount]) => total + amount, 0n);
    ensure(sum === world.outstanding, `${sum} held, ${world.outstanding} outstanding`);
    const limited = world.state(capacity, capacityStreamId);
    const rooms = lanesOwn.reduce((total, own) => total + room(world.state(walletLane, own)), 0n);
    if (limited.status === 'declared') {
      const known = limited.granted - rooms;
      ensure(known === world.outstanding, `${world.outstanding} outstanding, the capacity knows of ${known}`);
    }
  });
});

const room = ({ issuance }: WalletLane): bigint => (issuance.limit === 'slice' ? issuance.room : 0n);

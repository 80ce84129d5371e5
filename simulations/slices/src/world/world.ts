import {
  commandIdOf,
  derivedId,
  ExhaustionPolicySet,
  type GatewayEvent,
  instantOf,
  operatorPartyId,
  TokensGranted,
  VoucherIssued,
  type WalletEvent,
  WalletOpened,
} from '@tokengrid/contracts';
import { type DomainEvent, laneOf, NotYet, type Recorded } from '@tokengrid/kernel';
import { AllKnown } from '@tokengrid/metering/decisions/rules/marks';
import { payerStreamOf } from '@tokengrid/metering/decisions/state/payer';
import { rateUses } from '@tokengrid/metering/decisions/usage/rate-uses';
import { termsAt } from '@tokengrid/metering/rate-card/terms-at';
import { type Dice, Violation } from '@tokengrid/simulation-kit';
import { NothingDue } from '@tokengrid/wallet/decisions/rules/due';
import { expireTokens } from '@tokengrid/wallet/decisions/wallets/expire-tokens';
import { freezeWallet } from '@tokengrid/wallet/decisions/wallets/freeze-wallet';
import { setMember } from '@tokengrid/wallet/decisions/wallets/set-member';
import { setSpendLimits } from '@tokengrid/wallet/decisions/wallets/set-spend-limits';
import { unfreezeWallet } from '@tokengrid/wallet/decisions/wallets/unfreeze-wallet';
import { Checker } from '../checks/checker.ts';
import { lanes, ProcessDied } from '../machine/core.ts';
import { Following } from '../machine/following.ts';
import { BookGateway } from './book-gateway.ts';
import { Gateway } from './gateway.ts';
import { app, beginning, someUnits, stated } from './plan.ts';
import { alone, cappedKey, facts, member, model, owner, payers, wallets } from './parties.ts';
import type { EdgeProcess } from './served.ts';
import { Services } from './services.ts';

/** Longest wind-up, in rounds: more of them would mean that something never ends. */
const mostRounds = 400;

/** Gateways, metering and wallets of one history. */
export class World {
  readonly checker = new Checker();
  steps = 0;
  private time = beginning;
  private commands = 0;
  private readonly services: Services;
  private readonly gateways: readonly EdgeProcess[];
  private readonly followings: readonly Following[];
  private readonly ears: readonly Following[];

  constructor(private readonly dice: Dice) {
    const now = () => this.time;
    this.services = new Services(this.checker, dice, now);
    const { gateway, metering, wallet } = this.services;
    const say = (partyId: string, event: GatewayEvent) =>
      void gateway
        .streams({ name: 'stand-in', stateVersion: 1, initial: null, evolve: () => null })
        .handle(() => [event], this.command(`stand-in-${partyId}`, {}));
    const standIn = new Gateway('gateway-1', dice, now, say);
    const reach = (what: string) => this.checker.reach(what);
    const other = dice.once(3)
      ? new Gateway('gateway-2', dice, now, say)
      : new BookGateway('edge', dice, now, gateway, reach);
    this.gateways = [standIn, other];
    const lanesOf = { gateway: gateway.lanes, metering: metering.lanes, wallet: wallet.lanes, identity: [] };
    this.followings = this.services
      .followers()
      .flatMap((follower) => lanesOf[follower.from].map((lane) => new Following(follower, lane as never)));
    this.ears = [standIn, other].flatMap((each) => {
      const follower = {
        ...{ name: each.gatewayId, on: each.on },
        react: (event: never) => Promise.resolve(each.hear(event as Recorded<DomainEvent>)),
      };
      const [told, held] = [
        { ...follower, from: 'metering' as const },
        { ...follower, from: 'wallet' as const },
      ];
      return [
        ...metering.lanes.map((lane) => new Following(told, lane as never)),
        ...wallet.lanes.map((lane) => new Following(held, lane as never)),
      ];
    });
  }

  async run(steps: number): Promise<void> {
    await this.begin();
    while (this.steps < steps) {
      this.steps += 1;
      await this.step();
      this.checker.afterStep();
    }
    await this.windUp();
    this.checker.atTheEnd(this.gateways);
  }

  private async begin(): Promise<void> {
    const { wallet } = this.services;
    wallet.diesOnceIn = 0;
    for (const partyId of [owner, alone]) {
      const walletId = `wal_${partyId.slice(4)}`;
      await this.state(walletId, WalletOpened({ walletId, partyId, partyKind: 'developer' }));
      await this.grant(walletId, this.someTokens());
    }
    await this.handle(wallets[0], setMember, { memberId: member, daily: this.dice.tokens(4000) });
    await this.handle(wallets[0], setMember, { memberId: cappedKey, daily: this.dice.tokens(4000) });
    wallet.diesOnceIn = 150;
  }

  private async step(): Promise<void> {
    const roll = this.dice.roll(200);
    if (roll < 90) return this.tried(() => this.behind(this.followings).deliver(1 + this.dice.roll(4)));
    if (roll < 125) return this.tried(() => this.behind(this.ears).deliver(1 + this.dice.roll(6)));
    if (roll < 182) return this.dice.one(this.gateways).act();
    if (roll < 190) return this.pass(this.dice.once(12) ? 30_000 : 500);
    if (roll < 193) return this.tried(() => this.clocks());
    if (roll < 196) return this.tried(() => this.useDirectly());
    if (roll < 197) return this.dice.once(3) ? this.somebodyDies() : undefined;
    if (this.dice.once(2)) return this.tried(() => this.control());
  }

  /** One that has something to read, if any has. */
  private behind(all: readonly Following[]): Following {
    const some = all.filter((each) => !each.isDone);
    return this.dice.one(some.length > 0 ? some : all);
  }

  private async pass(most: number): Promise<void> {
    this.time += this.dice.roll(most);
    for (const gateway of this.gateways) await gateway.look();
  }

  /** What fails for a reason that passes is tried again later. */
  private async tried(act: () => Promise<unknown>): Promise<void> {
    try {
      await act();
    } catch (error) {
      if (error instanceof ProcessDied) return this.restart();
      if (error instanceof NotYet || error instanceof NothingDue || error instanceof AllKnown) return;
      if (error instanceof Violation) throw error;
      // A decision that fails by itself would stop its lane.
      throw new Violation((error as Error).message, { cause: error });
    }
  }

  private restart(): void {
    this.checker.reach('death');
    this.services.metering.restart();
    this.services.wallet.restart();
    for (const following of this.followings) if (this.dice.once(2)) following.fallBack(this.dice);
  }

  private async somebodyDies(): Promise<void> {
    if (this.dice.once(2)) return this.restart();
    this.checker.reach('successor');
    await this.dice.one(this.gateways).die();
  }

  /** Closes slices and expires holds whose time has come. */
  private async clocks(): Promise<void> {
    for (const partyId of payers) {
      const streamId = payerStreamOf(partyId);
      for (const { sliceId, closesAt } of this.checker.openSlicesOf(partyId)) {
        // A clock may be early: the decision tells what is due.
        if (closesAt > this.time + this.dice.roll(6000)) continue;
        const id = commandIdOf('close-slice', sliceId, String(closesAt));
        const data = { partyId, sliceId, reason: 'expired' as const };
        await this.services.slices.close({ id, streamId, data, correlationId: id, actor: 'simulation' });
      }
    }
    for (const walletId of wallets) await this.tried(() => this.handle(walletId, expireTokens, {}));
  }

  /** A use that the operator reports, of no slice. */
  private async useDirectly(): Promise<void> {
    const partyId = this.dice.one(payers);
    const eventId = `direct-${++this.commands}`;
    const usageId = derivedId('usg', operatorPartyId, 'direct', eventId);
    const of = this.dice.once(2)
      ? { app, units: stated(someUnits(this.dice)) }
      : { model, units: { input_tokens: String(1 + this.dice.roll(60)) } };
    const use = { usageId, source: 'direct', eventId, reportedBy: operatorPartyId, ...of };
    const timed = { ...use, time: instantOf(this.time) };
    const uses = [{ use: timed, terms: termsAt(facts, { ...timed, partyId }) }];
    const command = this.command(payerStreamOf(partyId), { partyId, uses });
    await this.services.payers.handle(rateUses, { ...command, keys: [usageId.slice(4)] });
  }

  private async control(): Promise<unknown> {
    const walletId = this.dice.one(wallets);
    const some = () => (this.dice.once(3) ? undefined : this.dice.tokens(9000));
    switch (this.dice.roll(9)) {
      case 0:
        return this.handle(walletId, freezeWallet, { by: 'operator' });
      case 1:
      case 2:
        return this.handle(walletId, unfreezeWallet, { by: 'operator' });
      case 3:
        return this.handle(walletId, setSpendLimits, { daily: some(), alertsAt: [50] });
      case 4:
        return this.handle(wallets[0], setMember, { memberId: this.dice.one([member, cappedKey]), daily: some() });
      case 5:
        return this.voucher(walletId);
      case 6: {
        const action = this.dice.one(['stop', 'stop', 'bill'] as const);
        return this.state(walletId, ExhaustionPolicySet({ walletId, action, monthlyCap: null }));
      }
      default:
        return this.grant(walletId, this.someTokens());
    }
  }

  private voucher(walletId: string): Promise<unknown> {
    const lotId = derivedId('vch', String(++this.commands));
    const tokens = this.dice.tokens(300);
    const terms = this.dice.one([{ shareBps: 10_000 }, { shareBps: 5000 }, { shareBps: 10_000, models: ['other'] }]);
    const lot = {
      ...{ lotId, source: 'voucher' as const, tokens, priority: 10, expiresAt: null, transferable: false },
      voucher: { funder: operatorPartyId, ...terms },
    };
    return this.state(
      walletId,
      VoucherIssued({ walletId, voucherId: lotId, tokens, lot, postings: this.issued(walletId, tokens) }),
    );
  }

  /** Much, or less than a request costs: of two wallets one is often empty. */
  private someTokens(): bigint {
    return this.dice.tokens(this.dice.once(2) ? 40 : 6000);
  }

  private grant(walletId: string, tokens: bigint): Promise<unknown> {
    const grantId = derivedId('grt', String(++this.commands));
    const terms = { source: 'promotion' as const, priority: 10, expiresAt: null, transferable: true };
    const lot = { lotId: grantId, tokens, ...terms };
    return this.state(
      walletId,
      TokensGranted({ walletId, grantId, tokens, lot, postings: this.issued(walletId, tokens) }),
    );
  }

  private issued(walletId: string, tokens: bigint) {
    return [
      { account: `lane:${laneOf(walletId, lanes)}:issuance`, asset: 'AIT', amount: -tokens },
      { account: `wallet:${walletId}:available`, asset: 'AIT', amount: tokens },
    ];
  }

  /** States an event of a wallet as it is. */
  private state(walletId: string, event: WalletEvent): Promise<unknown> {
    return this.handle(walletId, () => [event], {});
  }

  private handle(walletId: string, decide: unknown, data: object): Promise<unknown> {
    return this.services.wallets.handle(decide as never, this.command(walletId, data) as never);
  }

  private command<Data>(streamId: string, data: Data) {
    const id = commandIdOf('world', String(++this.commands));
    return { id, streamId, data, correlationId: id, actor: 'simulation' };
  }

  /** Nobody dies any more, and all that is under way comes to its end. */
  private async windUp(): Promise<void> {
    const { metering, wallet } = this.services;
    metering.diesOnceIn = wallet.diesOnceIn = 0;
    for (let round = 0; round < mostRounds; round++) {
      this.time += 1000;
      for (const each of [...this.followings, ...this.ears]) await this.tried(() => each.deliver(5));
      for (const gateway of this.gateways) await gateway.windUp();
      await this.tried(() => this.clocks());
      const isDone = [...this.followings, ...this.ears].every((each) => each.isDone);
      if (isDone && round > 40) return;
    }
  }
}

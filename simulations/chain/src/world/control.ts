import { walletIdOf } from '@tokengrid/contracts';
import type { Command, Outcome } from '@tokengrid/event-store';
import type { WalletEvent } from '@tokengrid/contracts';
import type { Dice } from '@tokengrid/simulation-kit';
import { grantTokens } from '@tokengrid/wallet/decisions/grants/grant-tokens';
import { issueVoucher } from '@tokengrid/wallet/decisions/grants/issue-voucher';
import { freezeWallet } from '@tokengrid/wallet/decisions/wallets/freeze-wallet';
import { removeMember } from '@tokengrid/wallet/decisions/wallets/remove-member';
import { setMember } from '@tokengrid/wallet/decisions/wallets/set-member';
import { setSpendLimits } from '@tokengrid/wallet/decisions/wallets/set-spend-limits';
import { unfreezeWallet } from '@tokengrid/wallet/decisions/wallets/unfreeze-wallet';
import type { Wallets } from '@tokengrid/wallet/streams/wallets';
import { apps, models } from './market.ts';
import { consumers, everybody, idOf, keysOf } from './parties.ts';

const hourMs = 3_600_000;

/** Request to a wallet; a repeat is the same. */
export type Asked = (wallets: Wallets) => Promise<Outcome<WalletEvent>>;

/** Requests of the operator and of owners: tokens, limits, members, freezes. */
export class Control {
  private ids = 0;

  constructor(private readonly dice: Dice) {}

  /** Tokens for a party, mostly plenty. */
  fund(time: number): Asked {
    const { dice } = this;
    const walletId = walletIdOf(dice.one(everybody));
    const tokens = dice.tokens(dice.one([500, 20_000, 400_000, 4_000_000, 20_000_000]));
    const expiresAt = time + (1 + dice.roll(72)) * hourMs;
    if (dice.once(4)) {
      const terms = {
        ...(dice.once(2) && { apps: [dice.one(apps).slug] }),
        ...(dice.once(3) && { models: [dice.one(models).name] }),
        shareBps: dice.one([10_000, 10_000, 5000, 1 + dice.roll(9999)]),
        ...(dice.once(3) && { capPerUse: dice.tokens(20_000) }),
      };
      const voucher = { voucherId: this.id('vch'), tokens, terms, expiresAt };
      return (wallets) => wallets.handle(issueVoucher, this.command(voucher.voucherId, walletId, voucher));
    }
    const source = dice.one(['plan', 'promotion'] as const);
    const grant = { grantId: this.id('grt'), tokens, source, transferable: dice.once(2) };
    const data = { ...grant, expiresAt: dice.once(2) ? expiresAt : undefined };
    return (wallets) => wallets.handle(grantTokens, this.command(grant.grantId, walletId, data));
  }

  /** A request that sets or lifts a bound of spending. */
  bound(): Asked {
    const { dice } = this;
    const id = this.id('ctl');
    const [shop, ...others] = consumers;
    switch (dice.one([0, 1, 1, 2, 2, 3, 4])) {
      case 0: {
        const data = { ...this.caps(), alertsAt: dice.one([[], [50, 90], [80, 80, 100]]) };
        const walletId = walletIdOf(dice.one(consumers));
        return (wallets) => wallets.handle(setSpendLimits, this.command(id, walletId, data));
      }
      case 1: {
        const data = { memberId: dice.one(others.slice(0, 2)), ...this.caps() };
        return (wallets) => wallets.handle(setMember, this.command(id, walletIdOf(shop!), data));
      }
      case 2: {
        const data = { memberId: dice.one(others.slice(0, 2)) };
        return (wallets) => wallets.handle(removeMember, this.command(id, walletIdOf(shop!), data));
      }
      case 3: {
        const owner = dice.one([shop!, others.at(-1)!]);
        const data = { memberId: dice.one(keysOf(owner)), ...this.caps() };
        return (wallets) => wallets.handle(setMember, this.command(id, walletIdOf(owner), data));
      }
      default: {
        const walletId = walletIdOf(dice.one(consumers));
        const data = { by: 'operator' as const, reason: undefined };
        return dice.once(3)
          ? (wallets) => wallets.handle(freezeWallet, this.command(id, walletId, data))
          : (wallets) => wallets.handle(unfreezeWallet, this.command(id, walletId, data));
      }
    }
  }

  /** A member leaves a wallet, or comes to it: its periods are charged in two wallets then. */
  move(memberId: string, isMember: boolean): Asked {
    const id = this.id('ctl');
    const walletId = walletIdOf(consumers[0]!);
    return isMember
      ? (wallets) => wallets.handle(removeMember, this.command(id, walletId, { memberId }))
      : (wallets) => wallets.handle(setMember, this.command(id, walletId, { memberId }));
  }

  /** All that lets a wallet pay what waits: tokens that last, and no bounds. */
  plenty(walletId: string, memberIds: readonly string[]): readonly Asked[] {
    const free = { by: 'operator' as const, reason: undefined };
    const grant = { grantId: this.id('grt'), tokens: 10n ** 15n, source: 'promotion' as const, transferable: false };
    const noLimits = { daily: undefined, monthly: undefined, alertsAt: [] };
    return [
      (wallets) => wallets.handle(unfreezeWallet, this.command(`${grant.grantId} free`, walletId, free)),
      (wallets) => wallets.handle(setSpendLimits, this.command(`${grant.grantId} all`, walletId, noLimits)),
      ...memberIds.map(
        (memberId): Asked =>
          (wallets) =>
            wallets.handle(setMember, this.command(`${grant.grantId} ${memberId}`, walletId, { memberId })),
      ),
      (wallets) =>
        wallets.handle(grantTokens, this.command(grant.grantId, walletId, { ...grant, expiresAt: undefined })),
    ];
  }

  private caps() {
    const { dice } = this;
    return {
      ...(dice.once(2) && { daily: dice.tokens(300_000) }),
      ...(dice.once(3) && { monthly: dice.tokens(900_000) }),
    };
  }

  private id(prefix: string): string {
    return idOf(prefix, ++this.ids);
  }

  private command<Data>(id: string, streamId: string, data: Data): Command<Data> {
    return { id, streamId, data, correlationId: id, actor: 'simulation' };
  }
}

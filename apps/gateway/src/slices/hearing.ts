import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import {
  type EventOf,
  type HoldExtended,
  type HoldExtensionRefused,
  type HoldPlaced,
  type HoldRefused,
  identityCatalogue,
  type IdentityEvent,
  listFor,
  meteringCatalogue,
  type MeteringEvent,
  type RecallReason,
  spendableEvents,
  walletCatalogue,
  type WalletEvent,
} from '@tokengrid/contracts';
import type { Recorded } from '@tokengrid/kernel';
import { type Parts, serviceLog, serviceParts } from '@tokengrid/service';
import type { Logger } from 'pino';
import { priceListOf } from './price-list.ts';
import type { WalletRefusal } from './slice.ts';
import { SlicedPurse } from './sliced-purse.ts';

type Refusing = EventOf<typeof HoldRefused | typeof HoldExtensionRefused>['data'];
type Granting = EventOf<typeof HoldPlaced | typeof HoldExtended>['data'];

/**
 * Events after which a refused slice is asked for once more. Not charges and captures, which are
 * frequent: a refusal is forgotten soon anyway.
 */
const tokensCame = spendableEvents.filter((type) => type !== 'WalletCharged' && type !== 'HoldCaptured');

/**
 * Hears what metering and the wallet answer to the slices of this process, and what else bars a
 * party or a key, as it happens.
 */
@Injectable()
export class Hearing implements OnApplicationBootstrap {
  constructor(
    @Inject(serviceParts) private readonly parts: Pick<Parts, 'hear'>,
    private readonly purse: SlicedPurse,
    @Inject(serviceLog) private readonly log: Logger,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const missed = (reason: string) => this.missed(reason);
    await Promise.all([
      this.parts.hear<MeteringEvent>({
        ...{ name: 'slices-of-metering', from: meteringCatalogue, missed },
        on: ['SliceOffered', 'SliceRefused', 'SliceRecalled', 'SliceClosed'],
        hear: (events) => events.forEach((event) => this.hearMetering(event)),
      }),
      this.parts.hear<WalletEvent>({
        ...{ name: 'slices-of-wallet', from: walletCatalogue, missed },
        on: [
          ...(['HoldPlaced', 'HoldExtended', 'HoldRefused', 'HoldExtensionRefused', 'HoldsRecalled'] as const),
          ...tokensCame,
        ],
        hear: (events) => events.forEach((event) => this.hearWallet(event)),
      }),
      this.parts.hear<IdentityEvent>({
        ...{ name: 'slices-of-identity', from: identityCatalogue, missed },
        on: ['ApiKeyRevoked', 'OauthClientDeleted', 'PartySuspended'],
        hear: (events) => events.forEach((event) => this.hearIdentity(event)),
      }),
    ]);
  }

  private hearMetering(event: Recorded<MeteringEvent>): void {
    const now = this.purse.now();
    switch (event.type) {
      case 'SliceOffered': {
        const { data } = event;
        const lists = data.prices.map(priceListOf);
        for (const use of data.scope) {
          const list = listFor(lists, use);
          if (list) this.purse.remember(use, list);
        }
        return this.tell(data.sliceId, (payer) => payer.book.offered(data, now));
      }
      case 'SliceRefused':
        return this.tell(event.data.sliceId, (payer) => payer.book.refused(event.data, now));
      case 'SliceRecalled': {
        const { reason, sliceIds } = event.data;
        for (const sliceId of sliceIds) this.recall(sliceId, reason);
        return;
      }
      case 'SliceClosed':
        return this.purse.closed(event.data.sliceId);
      default:
        return;
    }
  }

  private hearWallet(event: Recorded<WalletEvent>): void {
    switch (event.type) {
      case 'HoldPlaced':
      case 'HoldExtended':
        return this.granted(event.data);
      case 'HoldRefused':
      case 'HoldExtensionRefused':
        return this.refused(event.data);
      case 'HoldsRecalled': {
        const { walletId, reason, slices } = event.data;
        if (reason === 'needed') {
          const holdIds = slices.map(({ sliceId }) => holdIdOf(sliceId));
          this.purse.recalledWallets.recalled(walletId, holdIds, this.purse.now());
        }
        for (const { sliceId } of slices) this.recall(sliceId, reason);
        return;
      }
      case 'HoldReleased':
      case 'HoldExpired': {
        const { walletId, holdId } = event.data;
        this.purse.recalledWallets.released(walletId, holdId);
        return this.purse.tokensCame(walletId);
      }
      default:
        if ('walletId' in event.data && event.data.walletId !== undefined) this.purse.tokensCame(event.data.walletId);
    }
  }

  /** Ends the uses of a key, or of an OAuth client, which uses as a key does. */
  private endKey(partyId: string, keyId: string): void {
    for (const payer of this.purse.payersOf(partyId)) {
      payer.book.endKey(keyId, 'key-revoked');
      payer.look();
    }
  }

  private hearIdentity(event: Recorded<IdentityEvent>): void {
    switch (event.type) {
      case 'ApiKeyRevoked':
        return this.endKey(event.data.partyId, event.data.keyId);
      case 'OauthClientDeleted':
        return this.endKey(event.data.partyId, event.data.clientId);
      case 'PartySuspended':
        for (const payer of this.purse.payersOf(event.data.partyId)) {
          payer.book.recall('suspended', this.purse.now());
          payer.look();
        }
        return;
      default:
        return;
    }
  }

  private granted({ walletId, slice, tokens: granted }: Granting): void {
    if (!slice) return;
    const { sliceId, number } = slice;
    this.tell(sliceId, (payer) => payer.book.heldBy({ sliceId, number, walletId, granted }, this.purse.now()));
  }

  private refused({ walletId, slice, code }: Refusing): void {
    if (!slice) return;
    const { sliceId, number } = slice;
    const granted = refusals[code];
    this.tell(sliceId, (payer) => payer.book.heldBy({ sliceId, number, walletId, granted }, this.purse.now()));
  }

  private recall(sliceId: string, reason: RecallReason): void {
    this.tell(sliceId, (payer) => {
      if (payer.book.sliceId === sliceId) payer.book.recall(reason, this.purse.now());
    });
  }

  /** What is said of a slice is for its payer, if it is this process'. */
  private tell(sliceId: string, tell: (payer: NonNullable<ReturnType<SlicedPurse['payerOfSlice']>>) => void): void {
    const payer = this.purse.payerOfSlice(sliceId);
    if (!payer) return;
    tell(payer);
    payer.look();
  }

  /** A call back may have been missed: nothing is spent that might be. */
  private missed(reason: string): void {
    this.log.error(`events of slices may have been missed, all slices are given back: ${reason}`);
    this.purse.giveAllBack();
  }
}

/** Id of a slice's hold, which has the slice's own suffix. */
const holdIdOf = (sliceId: string): string => `hld_${sliceId.slice('slc_'.length)}`;

const refusals: Readonly<Record<Refusing['code'], WalletRefusal>> = {
  'WALLET.INSUFFICIENT_TOKENS': 'insufficient-tokens',
  'WALLET.IN_DEBT': 'insufficient-tokens',
  'WALLET.LIMIT_EXCEEDED': 'limit-exceeded',
  'WALLET.FROZEN': 'frozen',
  'WALLET.CLOSED': 'frozen',
  'WALLET.NOT_A_MEMBER': 'suspended',
  'WALLET.MEMBER_SUSPENDED': 'suspended',
  'WALLET.TOO_MANY_HOLDS': 'unavailable',
  'WALLET.TOO_MANY_MEMBERS': 'unavailable',
  'WALLET.HOLD_EXPIRED': 'gone',
  'WALLET.HOLD_RESOLVED': 'gone',
  NOT_FOUND: 'gone',
};

import type { WalletEvent } from '@tokengrid/contracts';
import type { Recorded } from '@tokengrid/kernel';
import { utcCalendar } from '@tokengrid/kernel';
import { ensure } from '@tokengrid/simulation-kit';
import type { Reports } from './reports.ts';
import type { OpenedWallet } from '@tokengrid/wallet/decisions/state/wallet';

/** What a slice got, and where it went; µAIT. */
interface Account {
  readonly sliceId: string;
  readonly walletId: string;
  granted: bigint;
  charged: bigint;
  back: bigint;
  isOpen: boolean;
  /** True if it was released, and did not expire. */
  isReleased: boolean;
  isRecalled: boolean;
  number: number;
  /** End of the hold; epoch milliseconds. */
  endsAt: number;
}

type Of<Type extends WalletEvent['type']> = Recorded<Extract<WalletEvent, { readonly type: Type }>>;

const leftOf = ({ granted, charged, back }: Account): bigint => granted - charged - back;
const sum = (lots: readonly { readonly tokens: bigint }[]) => lots.reduce((all, { tokens }) => all + tokens, 0n);

/**
 * Accounts of slices from the wallet's events alone: granted = charged + remaining + given back.
 */
export class Ledger {
  private readonly accounts = new Map<string, Account>();
  private readonly byHold = new Map<string, Account>();
  private readonly books = new Map<string, bigint>();

  constructor(
    private readonly reports: Pick<Reports, 'endOf'>,
    private readonly reach: (what: string) => void,
  ) {}

  account(sliceId: string): Account | undefined {
    return this.accounts.get(sliceId);
  }

  hear(event: Recorded<WalletEvent>): void {
    if ('postings' in event.data) this.post(event);
    switch (event.type) {
      case 'HoldPlaced':
        return this.placed(event);
      case 'HoldExtended':
        return this.extended(event);
      case 'HoldReduced':
        return this.reduced(event);
      case 'HoldReleased':
      case 'HoldExpired':
        return this.ended(event);
      case 'HoldsRecalled':
        for (const { sliceId } of event.data.slices) {
          const account = this.accounts.get(sliceId)!;
          ensure(!account.isRecalled, () => `${sliceId} is called back twice`);
          account.isRecalled = true;
        }
        return this.reach(`recall ${event.data.reason}`);
      case 'WalletCharged':
        for (const { slice, held = [] } of event.data.uses) {
          if (slice && held.length > 0) this.accounts.get(slice.sliceId)!.charged += sum(held);
        }
        return;
      default:
        return;
    }
  }

  private post({ id, data }: Recorded<WalletEvent>): void {
    const { postings } = data as { readonly postings: readonly { account: string; asset: string; amount: bigint }[] };
    const total = postings.reduce((all, { asset, amount }) => all + (asset === 'AIT' ? amount : 0n), 0n);
    ensure(total === 0n, () => `the postings of ${id} come to ${total}`);
    for (const { account, asset, amount } of postings) {
      if (asset === 'AIT') this.books.set(account, (this.books.get(account) ?? 0n) + amount);
    }
  }

  private placed({ data }: Of<'HoldPlaced'>): void {
    const { slice, walletId, holdId, tokens, lots, expiresAt } = data;
    if (!slice) return;
    const { sliceId, number } = slice;
    ensure(!this.accounts.has(sliceId), () => `${sliceId} is held twice`);
    ensure(number === 1, () => `${sliceId} begins with request ${number}`);
    const end = this.reports.endOf(sliceId, 1);
    ensure(Date.parse(expiresAt) === end, () => `${sliceId} ends at ${expiresAt}, not with its grace`);
    ensure(sum(lots) === tokens, () => `the lots of ${holdId} come to ${sum(lots)}, not ${tokens}`);
    const account = {
      ...{
        sliceId,
        walletId,
        granted: tokens,
        charged: 0n,
        back: 0n,
        isOpen: true,
        isReleased: false,
        isRecalled: false,
        number,
      },
      endsAt: Date.parse(expiresAt),
    };
    this.accounts.set(sliceId, account);
    this.byHold.set(holdId, account);
    if (slice.final) this.reach('final grant');
  }

  private extended({ data }: Of<'HoldExtended'>): void {
    const { holdId, slice, tokens, held, lots, expiresAt } = data;
    const account = this.byHold.get(holdId);
    if (!account) return;
    ensure(account.isOpen, () => `${account.sliceId} is renewed after its end`);
    ensure(slice!.number > account.number, () => `${account.sliceId}: request ${slice!.number} is answered again`);
    account.number = slice!.number;
    account.granted += tokens;
    ensure(sum(lots) === tokens, () => `the lots of ${holdId} come to ${sum(lots)}, not ${tokens}`);
    ensure(leftOf(account) === held, () => `${account.sliceId} has ${held}, and has to have ${leftOf(account)}`);
    const endsAt = Date.parse(expiresAt);
    ensure(endsAt >= account.endsAt, () => `${account.sliceId} ends before it did`);
    account.endsAt = endsAt;
    if (tokens === 0n) this.reach('renewal without tokens');
  }

  private reduced({ data: { holdId, tokens, held } }: Of<'HoldReduced'>): void {
    const account = this.byHold.get(holdId)!;
    account.back += tokens;
    ensure(leftOf(account) === held, () => `${account.sliceId} has ${held}, and has to have ${leftOf(account)}`);
  }

  private ended({ type, time, data: { holdId, tokens } }: Of<'HoldReleased' | 'HoldExpired'>): void {
    const account = this.byHold.get(holdId);
    if (!account) return;
    ensure(account.isOpen, () => `${account.sliceId} ends twice`);
    ensure(leftOf(account) === tokens, () => `${account.sliceId} gives back ${tokens} of ${leftOf(account)}`);
    if (type === 'HoldExpired') ensure(account.endsAt <= time, () => `${account.sliceId} expires before its end`);
    account.back += tokens;
    account.isOpen = false;
    account.isReleased = type === 'HoldReleased';
  }

  /** Compares a wallet after a command with the accounts. */
  compare(wallet: OpenedWallet, events: readonly Recorded<WalletEvent>[]): void {
    const { walletId, holds, limits, spent, held, status } = wallet;
    this.sums(wallet);
    const slices = holds.filter(({ slice }) => slice);
    const isBarred = status.closed || wallet.debt > 0n || events.some(({ type }) => type === 'WalletFrozen');
    const lacks = events.find(
      (event) =>
        (event.type === 'HoldRefused' || event.type === 'HoldExtensionRefused') &&
        event.data.slice &&
        (event.data.code === 'WALLET.INSUFFICIENT_TOKENS' || event.data.code === 'WALLET.LIMIT_EXCEEDED'),
    ) as Of<'HoldRefused'> | undefined;
    for (const { slice, tokens } of slices) {
      const { sliceId } = slice!;
      if (isBarred) ensure(slice!.recalled, () => `${sliceId} can be spent though ${walletId} may not spend`);
      const isOther = lacks && lacks.data.slice!.sliceId !== sliceId && tokens > 0n;
      if (isOther) ensure(slice!.recalled, () => `${sliceId} keeps tokens that ${lacks.data.slice!.sliceId} lacks`);
    }
    const grant = events.find(({ type }) => type === 'HoldPlaced' || type === 'HoldExtended');
    if (!grant || (grant as Of<'HoldPlaced'>).data.tokens === 0n || limits.daily === null) return;
    const today = utcCalendar.dayOf(grant.time) === spent.day ? spent.onDay : 0n;
    const daily = limits.daily;
    ensure(today + held <= daily, () => `${walletId} has ${today} spent and ${held} held, of ${daily} a day`);
    this.reach('grant under a limit');
  }

  /** The sums of a wallet, by its events. */
  sums({ walletId, holds, available, held, lots }: OpenedWallet): void {
    ensure(available >= 0n && available === sum(lots), () => `${walletId} has ${available} in ${sum(lots)}`);
    const inBooks = this.books.get(`wallet:${walletId}:available`) ?? 0n;
    ensure(available === inBooks, () => `${walletId} has ${available} available, and ${inBooks} in the books`);
    const heldInBooks = this.books.get(`wallet:${walletId}:held`) ?? 0n;
    ensure(held === sum(holds), () => `${walletId} holds ${held}, and ${sum(holds)} in holds`);
    ensure(held === heldInBooks, () => `${walletId} holds ${held}, and ${heldInBooks} in the books`);
    for (const { slice, tokens, lots: ofHold } of holds) {
      const account = this.accounts.get(slice!.sliceId)!;
      ensure(leftOf(account) === tokens, () => `${slice!.sliceId} has ${tokens}, and ${leftOf(account)} by its events`);
      ensure(sum(ofHold) === tokens, () => `${slice!.sliceId} has ${tokens}, in lots of ${sum(ofHold)}`);
    }
  }
}

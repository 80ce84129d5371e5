import type { EventOf, RefundedUse, RefusedUse, WalletCharged } from '@tokengrid/contracts';
import type { Recorded } from '@tokengrid/kernel';
import { same, Violation } from '@tokengrid/simulation-kit';
import type { Receipt } from '../model/receipts.ts';
import type { Alert } from '../model/spending.ts';
import type { ModelWallet } from '../model/wallets.ts';
import { type DueUse, sharesBy } from './due-uses.ts';
import type { PeriodUses } from './period-uses.ts';

type ChargedEvent = Recorded<EventOf<typeof WalletCharged>>;

/** A use, as its wallet has to do with it. */
export interface WalletUse {
  readonly walletId: string;
  readonly payerId: string;
  readonly receipt: Receipt;
  /** Number of the last correction that was applied. */
  number: number;
  waiting?: Waiting | undefined;
  /** Whether anything was ever charged for it. */
  wasCharged: boolean;
}

/** What waits of a use. */
interface Waiting {
  readonly due: DueUse;
  readonly since: number;
  readonly why: Refusal;
}

/** A waiting use that others of its period lower by an event. */
interface LoweredUse {
  readonly use: WalletUse;
  readonly before: Waiting;
  readonly tokens: bigint;
  /** The last of them. */
  readonly by: string;
}

interface Refusal {
  readonly code: string;
  readonly limit?: string;
  readonly available?: bigint;
}

/** What an event does, as far as it is compared. */
export class Run {
  readonly paid: string[] = [];
  readonly unpaid: (readonly [name: string, use: WalletUse])[] = [];
  readonly refunded: string[] = [];
  readonly alerts: Alert[] = [];
  readonly givings: ReturnType<PeriodUses['giveBack']>[] = [];
  readonly lowered = new Map<string, LoweredUse>();
  readonly periods = new Set<string>();

  constructor(
    readonly event: ChargedEvent,
    readonly wallet: ModelWallet,
    readonly day: string,
  ) {}
}

/** @throws Violation unless the wallet lowers what waits as the model does */
export function compareLowered({ event, lowered, givings }: Run, periods: PeriodUses): void {
  const shares = new Map<string, bigint>();
  for (const [name, { use, before, tokens, by }] of lowered) {
    const said = use.waiting ? event.data.refused.find(isNamed(name)) : endedIn(event, name);
    if (!said) throw new Violation(`${event.id} does not lower ${name} by ${tokens}`);
    const stated = sharesBy([said]);
    const less = Array.from(new Set([...stated.keys(), ...before.due.shares.keys()]), (share) => {
      const [role, partyId] = share.split(' ') as ['operator', string];
      return { role, partyId, tokens: (stated.get(share) ?? 0n) - (before.due.shares.get(share) ?? 0n) };
    });
    for (const [share, part] of sharesBy([{ shares: less }])) shares.set(share, (shares.get(share) ?? 0n) + part);
    const due = before.due.less({ tokens: -tokens, shares: less });
    same(() => `the use that lowers ${name}`, said.setOffBy, by);
    if (use.waiting) {
      use.waiting = { ...before, due };
      compareRefused(name, use, said as RefusedUse);
    } else {
      due.compare(`the end of the waiting use ${name}`, said);
      same(() => `the end of ${name}`, [said.tokens, (said as RefundedUse).returned.length], [0n, 0]);
    }
  }
  if (givings.length > 0) periods.compareShares(event.id, givings, shares);
}

/** @throws Violation unless the wallet refuses a use as the model does */
export function compareRefused(name: string, use: WalletUse, answer: RefusedUse | undefined): void {
  const { due, why } = use.waiting!;
  if (!answer) throw new Violation(`${name} is not refused as ${why.code}`);
  due.compare(`the refusal of ${name}`, answer);
  const { tokens, code, limit, available, required } = answer;
  const isShort = why.available !== undefined;
  same(
    () => `the refusal of ${name}`,
    [tokens, code, limit, ...(isShort ? [available, required] : [])],
    [due.tokens, why.code, why.limit, ...(isShort ? [why.available, due.tokens] : [])],
  );
}

const endedIn = ({ data }: ChargedEvent, usageId: string): RefundedUse | undefined =>
  data.refunded.find((each) => each.usageId === usageId && each.setOffBy !== undefined);

/** True for the use with an id. */
export const isNamed =
  (name: string) =>
  ({ usageId }: { readonly usageId: string }): boolean =>
    usageId === name;

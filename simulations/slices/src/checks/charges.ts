import type { EventOf, RatedUse, UsageRated, WalletCharged } from '@tokengrid/contracts';
import { ensure, shown } from '@tokengrid/simulation-kit';
import type { Recorded } from '@tokengrid/kernel';
import type { EdgeProcess } from '../world/served.ts';
import { unitPrice } from '../world/parties.ts';
import type { Ledger } from './ledger.ts';
import type { Months } from './months.ts';
import type { Reports } from './reports.ts';

const sum = (all: readonly { readonly tokens: bigint }[]) => all.reduce((total, { tokens }) => total + tokens, 0n);

/**
 * What was rated is charged or refused, once, and out of the hold of its slice as long as it is
 * there.
 */
export class Charges {
  private readonly ratedUses = new Map<string, RatedUse>();
  private readonly settled = new Set<string>();
  /** Uses that were rated before their slice was closed. */
  private readonly inTime = new Set<string>();

  constructor(
    private readonly ledger: Ledger,
    private readonly reports: Pick<Reports, 'isOpen'>,
    private readonly months: Pick<Months, 'rated'>,
    private readonly reach: (what: string) => void,
  ) {}

  rated({ data: { uses } }: Recorded<EventOf<typeof UsageRated>>): void {
    for (const use of uses) {
      const { usageId, tokens, lines, units } = use;
      ensure(!this.ratedUses.has(usageId), () => `${usageId} is rated twice`);
      if (!this.months.rated(use)) {
        const price = BigInt(units['input_tokens']!) * unitPrice;
        ensure(tokens === price, () => `${usageId} costs ${tokens}, not ${price}`);
      }
      ensure(sum(lines) === tokens, () => `the lines of ${usageId} come to ${sum(lines)}, not ${tokens}`);
      this.ratedUses.set(usageId, use);
      if (use.slice && this.reports.isOpen(use.slice.sliceId)) this.inTime.add(usageId);
    }
  }

  /** The ledger has heard of the charge. */
  charged({ id, data }: Recorded<EventOf<typeof WalletCharged>>): void {
    ensure(sum(data.uses) === data.tokens, () => `${id} takes ${data.tokens} for uses of ${sum(data.uses)}`);
    for (const use of data.uses) {
      const rated = this.once(use.usageId);
      const { usageId, tokens, lines, lots, held = [], slice } = use;
      ensure(tokens === rated.tokens && sum(lines) === tokens, () => `${usageId} is charged ${tokens}`);
      ensure(sum(lots) === tokens, () => `${usageId} takes ${sum(lots)} for ${tokens}`);
      ensure(shown(slice) === shown(rated.slice), () => `${usageId} is of ${shown(slice)}`);
      const account = slice && this.ledger.account(slice.sliceId);
      if (!account?.isOpen) {
        ensure(held.length === 0, () => `${usageId} is paid out of a hold that is gone`);
        this.notAfterRelease(usageId, account);
        this.reach(slice ? 'late use charged from what is available' : 'use of no slice');
        continue;
      }
      const ofVouchers = (all: typeof lots) => sum(all.filter(({ lotId }) => lotId.startsWith('vch')));
      const shares = ofVouchers(lots) - ofVouchers(held);
      ensure(sum(held) + shares === tokens, () => `${usageId} costs ${tokens}, its hold pays ${sum(held)}`);
      this.reach(shares > 0n ? 'use paid by a hold and a voucher' : 'use paid by a hold');
    }
    for (const { usageId, slice, code } of data.refused) {
      this.once(usageId);
      const account = slice && this.ledger.account(slice.sliceId);
      ensure(!account?.isOpen, () => `${usageId} is refused by ${code}, though ${slice!.sliceId} was granted for it`);
      this.notAfterRelease(usageId, account);
      this.reach(slice ? 'late use uncollected' : 'use refused');
    }
  }

  private notAfterRelease(usageId: string, account: ReturnType<Ledger['account']>): void {
    const isLost = account?.isReleased === true && this.inTime.has(usageId);
    ensure(!isLost, () => `${usageId} is charged after ${account!.sliceId} was released`);
  }

  private once(usageId: string): RatedUse {
    const rated = this.ratedUses.get(usageId);
    if (!rated) throw new Error(`${usageId} was not rated`);
    ensure(!this.settled.has(usageId), () => `${usageId} is charged or refused twice`);
    this.settled.add(usageId);
    return rated;
  }

  atTheEnd(gateways: readonly EdgeProcess[]): void {
    const byServed = new Map([...this.ratedUses.values()].map((use) => [`${use.source} ${use.eventId}`, use]));
    for (const gateway of gateways) {
      for (const [served, { sliceId, tokens, isBound }] of gateway.served) {
        const use = byServed.get(`/gateways/${served}`)!;
        const isRated = use?.tokens === tokens || (isBound && use !== undefined);
        ensure(isRated, () => `${served} was served for ${tokens}, and rated ${use?.tokens}`);
        ensure(use.slice?.sliceId === sliceId, () => `${served} was served out of ${sliceId}`);
        const isWithin = use.tokens <= tokens || !this.inTime.has(use.usageId);
        ensure(isWithin, () => `${served} was reckoned as ${tokens}, and costs ${use.tokens}`);
      }
    }
    // What gives back is not told to the wallet here.
    for (const { usageId, tokens } of this.ratedUses.values()) {
      ensure(tokens <= 0n || this.settled.has(usageId), () => `${usageId} was never charged`);
    }
  }
}

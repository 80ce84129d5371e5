import { Injectable } from '@nestjs/common';
import { inAllLanes } from '@tokengrid/event-store/postgres';
import { notFound, type Principal, rowsAfter } from '@tokengrid/service';
import { DataSource } from 'typeorm';
import type { KnownPurchase, PurchaseRecord } from '../decisions/state/purchase-record.ts';
import type { KnownContradiction } from '../decisions/purchases/resolve-contradiction.ts';
import { Lanes } from '../streams/lanes.ts';
import { type ContradictionStatus, PaymentContradictionRow } from './payment-contradictions.table.ts';
import { PurchaseRow } from './purchases.table.ts';
import { WalletDirectory } from './wallet-directory.ts';

/** A purchase, and the number of changes of its wallet's purchases at the same moment. */
interface Seen {
  readonly row: PurchaseRow;
  readonly changes: number;
}

/** Purchases. */
@Injectable()
export class PurchaseDirectory {
  constructor(
    private readonly database: DataSource,
    private readonly wallets: WalletDirectory,
    private readonly lanes: Lanes,
  ) {}

  /**
   * Facts about a purchase that decisions need, with its wallet.
   * @throws ProblemError 404 for an unknown purchase
   */
  async mustKnow(purchaseId: string): Promise<{ readonly walletId: string; readonly known: KnownPurchase }> {
    const seen = await this.seen(purchaseId);
    if (!seen) throw notFound(`no such purchase: ${purchaseId}`);
    return { walletId: seen.row.walletId, known: { asOf: seen.changes, purchase: recordOf(seen.row) } };
  }

  /**
   * Facts about a payment contradiction that decisions need, with its purchase's wallet.
   * @throws ProblemError 404 for an unknown notice
   */
  async mustKnowContradiction(
    noticeId: string,
  ): Promise<{ readonly walletId: string; readonly known: KnownContradiction }> {
    // The purchase first: a later change of the notice also changes the wallet's purchases, and is
    // detected by that.
    const purchase = await this.mustKnow((await this.mustFindContradiction(noticeId)).purchaseId);
    const row = await this.mustFindContradiction(noticeId);
    const { kind, currency, amount, paymentId, status } = row;
    const paid = { currency, amount };
    const notice = { purchaseId: row.purchaseId, noticeId, kind, paid, paymentId: paymentId ?? undefined };
    return { walletId: row.walletId, known: { ...purchase.known, notice, isResolved: status === 'resolved' } };
  }

  /** Contradictions after one of them, the oldest first. */
  async contradictions(
    status: ContradictionStatus | undefined,
    after: { readonly time: number; readonly noticeId: string } | undefined,
    limit: number,
  ): Promise<readonly PaymentContradictionRow[]> {
    return rowsAfter(this.database.getRepository(PaymentContradictionRow).createQueryBuilder('contradiction'), {
      equal: { status },
      key: ['time', 'noticeId'],
      after: after && [after.time, after.noticeId],
      most: limit,
    });
  }

  /**
   * A purchase of the caller; the operator reaches all.
   * @throws ProblemError 404 for others' purchases, as for unknown ones
   */
  async mustReach(caller: Principal, purchaseId: string): Promise<PurchaseRow> {
    const purchase = await this.find(purchaseId);
    if (!purchase || !(await this.wallets.reaches(caller, purchase.walletId))) {
      throw notFound(`no such purchase of yours: ${purchaseId}`);
    }
    return purchase;
  }

  /**
   * The id of a purchase tells its lane, unless it derives from the charge that lacked tokens: such
   * a purchase is looked for in all lanes.
   */
  private async find(purchaseId: string): Promise<PurchaseRow | null> {
    const purchases = this.database.getRepository(PurchaseRow);
    return (
      (await purchases.findOneBy({ lane: this.lanes.of(purchaseId), purchaseId })) ??
      (await purchases.findOne({ where: { purchaseId }, comment: inAllLanes }))
    );
  }

  private async mustFindContradiction(noticeId: string): Promise<PaymentContradictionRow> {
    const row = await this.database.getRepository(PaymentContradictionRow).findOneBy({ noticeId });
    if (!row) throw notFound(`no such payment contradiction: ${noticeId}`);
    return row;
  }

  private async seen(purchaseId: string): Promise<Seen | undefined> {
    return (await this.seenIn(purchaseId, this.lanes.of(purchaseId))) ?? (await this.seenIn(purchaseId));
  }

  /** @param lane lane of the purchase's wallet; all lanes if absent */
  private async seenIn(purchaseId: string, lane?: number): Promise<Seen | undefined> {
    const query = this.database
      .getRepository(PurchaseRow)
      .createQueryBuilder('purchase')
      // In one statement: a change between two would be missed.
      .addSelect(
        (sums) =>
          sums
            .select('sum(others.changes)::int')
            .from(PurchaseRow, 'others')
            .where('others.lane = purchase.lane and others.wallet_id = purchase.wallet_id'),
        'changes',
      )
      .where('purchase.purchase_id = :purchaseId', { purchaseId });
    if (lane === undefined) query.comment(inAllLanes);
    else query.andWhere('purchase.lane = :lane', { lane });
    const { entities, raw } = await query.getRawAndEntities<{ changes: number }>();
    const [row] = entities;
    return row && { row, changes: raw[0]!.changes };
  }
}

function recordOf(row: PurchaseRow): PurchaseRecord {
  const { purchaseId, tokens, currency, amount, priceVersion, priceHoldsUntil, status, paid, paidBy } = row;
  const { credited, refunded, disputed, won } = row;
  const isPaid = status === 'completed';
  return {
    ...{ purchaseId, tokens, priceVersion, credited, refunded, disputed, won },
    status: isPaid || status === 'pending' ? status : 'unpaid',
    price: { currency, amount },
    priceHoldsUntil: priceHoldsUntil ?? 0,
    paid: isPaid ? paid : amount,
    paymentId: paidBy ?? undefined,
    isOnBill: row.method === 'carrier-bill',
  };
}

import { SaleRefused, TokensSold } from '@tokengrid/contracts';
import type { Actor } from '../rules/actors.ts';
import { membersBound, saidOf } from '../rules/actors.ts';
import { onDay } from '../state/calendar.ts';
import { onWallet } from '../rules/due.ts';
import { freeCapacity } from '../rules/issuance.ts';
import { burnDown, isTransferable, lotsTaken } from '../state/lots.ts';
import { sellingRefusal } from '../rules/market-limits.ts';
import type { MarketPolicy } from '../state/market-policies.ts';
import { availableAccount, billAccount, laneAccount, moveFiat, moveTokens } from '../rules/postings.ts';
import type { Asked } from '../rules/price-in-force.ts';
import { priced } from '../rules/price-in-force.ts';
import { capRefusal, demandsOf } from '../rules/limits.ts';
import { spendingBarred } from '../rules/status.ts';
import { transferableRefusal } from '../rules/transferable.ts';

export interface SellTokens extends Omit<Asked, 'side'> {
  readonly saleId: string;
  readonly policy: MarketPolicy;
  readonly actor?: Actor | undefined;
}

/**
 * Sells tokens of transferable lots back to the operator at the posted or a quoted price, and
 * credits the proceeds to the carrier's bill. Sales of a key with caps count against its caps.
 *
 * Refusals, in order: no price, a frozen or closed wallet, the operator's monthly limit on selling,
 * the caps of the seller, insufficient transferable tokens.
 */
export const sellTokens = onWallet('sellTokens', (wallet, sale: SellTokens, context) => {
  const { walletId } = wallet;
  const { saleId, tokens } = sale;
  const { day, timeZone } = onDay(context);
  const sold = priced(wallet, { ...sale, side: 'sell' }, context.time);
  if ('code' in sold) return [SaleRefused({ walletId, saleId, tokens, ...sold })];
  const sellers = membersBound(wallet, sale.actor);
  const refusal =
    spendingBarred(wallet) ??
    sellingRefusal(wallet, tokens, day, sale.policy) ??
    capRefusal(wallet, demandsOf(sellers, tokens), day) ??
    transferableRefusal(wallet, tokens);
  if (refusal) return [SaleRefused({ walletId, saleId, tokens, ...refusal })];
  const { price, terms } = sold;
  const lots = lotsTaken(burnDown(wallet.lots, tokens, isTransferable));
  const postings = [
    ...moveTokens(tokens, availableAccount(walletId), laneAccount(context.lane, 'issuance')),
    ...moveFiat(price, billAccount(walletId), laneAccount(context.lane, 'sales')),
  ];
  return [
    TokensSold({ walletId, saleId, tokens, price, ...terms, day, timeZone, ...saidOf(sellers), lots, postings }),
    freeCapacity(walletId, tokens, context.system),
  ];
});

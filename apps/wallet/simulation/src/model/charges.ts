import { comeIn, type Handler, type ReferenceModel } from './model.ts';
import { availableOf, known, ofLane, onDay } from './state.ts';
import type { At, Consequences, Expected, ModelWallet, Refusal } from './state.ts';
import type { Asked, AskedUse, Money } from './asked.ts';
import { bindingOf, isSuspended, saying } from './actors.ts';
import { countOnBill, toppingUp } from './exhaustion.ts';
import { paying, upToDate } from './due.ts';
import { issued } from './issuance.ts';
import { type Alert, alerts, limitRefused, nameOfAlert, spend } from './limits.ts';
import { burn, type LotTerms, type ModelLot, named, put, type Taken, termsOf } from './lots.ts';
import { letIn, statusRefused } from './status.ts';
import { mayPay } from './vouchers.ts';

/** What became of one use: what it took and led to, or why it took nothing. */
interface Became {
  readonly use: AskedUse['use'];
  readonly memberIds: readonly string[];
  readonly refused?: Refusal | undefined;
  /** What was bought for it, as it happened. */
  readonly bought: readonly Expected[];
  readonly lots: readonly Taken[];
  /** Terms of these lots. */
  readonly terms: readonly Omit<LotTerms, 'voucher'>[];
  readonly alerts: readonly Expected[];
}

/**
 * domain.md "A charge without a hold is all or nothing", "When tokens run out"; rules "Charges": it
 * binds the key's line and the member party. Happens to the wallet as if this use were alone.
 */
function one(model: ReferenceModel, wallet: ModelWallet, asked: Asked, { use, actor }: AskedUse, at: At): Became {
  const { tokens, chargeId } = use;
  const single = { ...asked, use, actor, tokens, chargeId };
  const memberIds = bindingOf(wallet, single);
  const nothing = { use, memberIds, bought: [], lots: [], terms: [], alerts: [] };
  const available = wallet.lots.reduce((sum, lot) => sum + mayPay(lot, single), 0n);
  const stops = available < tokens && wallet.exhaustion.action === 'stop';
  const barred =
    statusRefused(wallet) ??
    (isSuspended(wallet, single) ? { code: 'WALLET.MEMBER_SUSPENDED' } : undefined) ??
    limitRefused(wallet, tokens, memberIds, at) ??
    (stops ? { code: 'WALLET.INSUFFICIENT_TOKENS', available, required: tokens } : undefined);
  if (barred) return { ...nothing, refused: barred };
  const buying = available < tokens ? toppingUp(model, wallet, single, tokens - available, at) : undefined;
  if (buying?.refused) return { ...nothing, refused: buying.refused };
  const bought = [...(buying?.happens?.() ?? [])];
  const burnt = burn(wallet.lots, tokens, (lot) => mayPay(lot, single));
  spend(wallet, memberIds, tokens, at);
  const taken = { lots: named(burnt), terms: burnt.map(statedTerms) };
  return { use, memberIds, bought, ...taken, alerts: [...alerts(wallet, at)] };
}

/** Terms of a lot as events state them: a voucher without what does not limit it. */
function statedTerms(lot: ModelLot): Omit<LotTerms, 'voucher'> {
  const { voucher, ...terms } = termsOf(lot);
  if (!voucher) return terms;
  // The world beside this one is a clone, whose lists equal no others.
  const { apps, models, ...limits } = voucher;
  const scope = { apps: apps && [...apps], models: models && [...models] };
  return { ...terms, ...known({ voucher: known({ ...limits, ...scope }) }) };
}

/**
 * The design's charging.md "each charged or refused", and the team's "in order, by the rules of
 * today": the uses happen one after the other beside the world. Then the world hears of all that
 * was bought, of the uses at once, and of the alerts.
 */
function* chargeWallet(model: ReferenceModel, wallet: ModelWallet, asked: Asked, at: At): Consequences {
  const { id: walletId } = wallet;
  const { partyId, ratedBy, uses } = asked;
  const beside = model.beside(walletId);
  const became = uses.map((use) => one(beside, beside.wallet(walletId), asked, use, at));
  for (const { use } of became) model.once(`charge ${use.chargeId}`);
  for (const { bought } of became) for (const event of bought) yield* itIsBought(model, wallet, event, at);
  const charged = became.filter(({ refused }) => !refused);
  for (const each of charged) take(model, wallet, each, at);
  yield {
    type: 'WalletCharged',
    data: {
      walletId,
      partyId,
      ratedBy,
      tokens: charged.reduce((sum, { use }) => sum + use.tokens, 0n),
      uses: charged.map(({ use, memberIds, lots }) => known({ ...use, memberIds: saying(memberIds), lots })),
      refused: became.flatMap(({ use, refused }) => (refused ? [{ ...use, ...refused }] : [])),
      // Nobody corrects uses here.
      ...{ refunded: [], givenBack: 0n },
      lotTerms: [...new Map(charged.flatMap(({ terms }) => terms.map((each) => [each.lotId, each]))).values()],
      ...onDay(at),
    },
  };
  for (const { alerts: raised } of charged) for (const event of raised) yield* itIsRaised(wallet, event);
}

/** The purchase of one use, and the lane's event of it. */
function* itIsBought(model: ReferenceModel, wallet: ModelWallet, event: Expected, at: At): Consequences {
  const { walletId, tokens } = event.data as { readonly walletId: string; readonly tokens: bigint };
  if (event.type !== 'TokensPurchased') return yield* issued(model, walletId, tokens, at);
  const { price, lot } = event.data as { readonly price: Money; readonly lot: BoughtLot };
  countOnBill(wallet, price, at);
  const { lotId, source, priority, transferable: sellable } = lot;
  put(wallet.lots, { id: lotId, source, tokens, priority, ends: Infinity, sellable, rank: model.nextRank() });
  model.accounts.move(tokens, ofLane(at, 'issuance'), availableOf(walletId));
  model.accounts.move(price.amount, ofLane(at, 'sales'), `wallet:${walletId}:bill`);
  yield event;
}

interface BoughtLot {
  readonly lotId: string;
  readonly source: string;
  readonly priority: number;
  readonly transferable: boolean;
}

/** What a use took is taken, and counts. */
function take(model: ReferenceModel, wallet: ModelWallet, { use: { tokens }, lots, memberIds }: Became, at: At): void {
  for (const { lotId, tokens: part } of lots) {
    const index = wallet.lots.findIndex(({ id }) => id === lotId);
    const lot = wallet.lots[index]!;
    lot.tokens -= part;
    if (lot.tokens === 0n) wallet.lots.splice(index, 1);
  }
  model.accounts.move(tokens, availableOf(wallet.id), ofLane(at, 'escrow'));
  model.lanes[at.lane]!.charged += tokens;
  spend(wallet, memberIds, tokens, at);
}

function* itIsRaised(wallet: ModelWallet, event: Expected): Consequences {
  wallet.raised.add(nameOfAlert(event.data as unknown as Alert));
  yield event;
}

/** Earnings come in whatever the wallet's status, since they are owed. */
const receiveEarnings = paying(function* (model, wallet, asked, at) {
  const { walletId, statementId, tokens, fromLane } = asked;
  yield* letIn(wallet);
  model.arrive(`${statementId} from lane ${fromLane}`, tokens);
  const came = { id: statementId, source: 'earnings', sellable: true };
  const [lot] = comeIn(model, wallet, came, [{ tokens, ends: Infinity }]);
  model.accounts.move(tokens, ofLane(at, 'in-transit'), availableOf(walletId));
  const { partyId, period, timeZone } = asked;
  const earnings = { statementId, partyId, period, timeZone, tokens };
  yield { type: 'EarningsReceived', data: { walletId, ...earnings, fromLane, lot } };
});

/** Handlers of charges and earnings, by command. */
export const chargeHandlers: Readonly<Record<string, Handler>> = {
  chargeWallet: upToDate(chargeWallet),
  receiveEarnings,
};

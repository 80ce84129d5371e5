import { comeIn, type Handler, type ReferenceModel } from './model.ts';
import { availableOf, known, ofLane, onDay } from './state.ts';
import type { At, Consequences, ModelWallet } from './state.ts';
import type { Asked } from './asked.ts';
import { bindingOf, rightRefused, saying } from './actors.ts';
import { toppingUp } from './exhaustion.ts';
import { paying, upToDate } from './due.ts';
import { alerts, limitRefused, spend } from './limits.ts';
import { burn, named } from './lots.ts';
import { letIn, statusRefused } from './status.ts';
import { mayPay } from './vouchers.ts';

/**
 * domain.md "A charge without a hold is all or nothing", "When tokens run out"; rules "Charges": it
 * binds the key's line and the member party.
 */
function* chargeWallet(model: ReferenceModel, wallet: ModelWallet, asked: Asked, at: At): Consequences {
  const { chargeId, usageId, tokens, use } = asked;
  const { id: walletId } = wallet;
  model.once(`charge ${chargeId}`);
  const available = wallet.lots.reduce((sum, lot) => sum + mayPay(lot, asked), 0n);
  const charge = { walletId, chargeId, usageId, tokens };
  const memberIds = bindingOf(wallet, asked);
  const stops = available < tokens && wallet.exhaustion.action === 'stop';
  const barred =
    statusRefused(wallet) ??
    rightRefused(wallet, asked) ??
    limitRefused(wallet, tokens, memberIds, at) ??
    (stops ? { code: 'WALLET.INSUFFICIENT_TOKENS', available, required: tokens } : undefined);
  if (barred) return yield { type: 'ChargeRefused', data: { ...charge, ...barred } };
  if (available < tokens) {
    const { refused, happens } = toppingUp(model, wallet, asked, tokens - available, at);
    if (refused) return yield { type: 'ChargeRefused', data: { ...charge, ...refused } };
    yield* happens!();
  }
  const lots = named(burn(wallet.lots, tokens, (lot) => mayPay(lot, asked)));
  model.accounts.move(tokens, availableOf(walletId), ofLane(at, 'escrow'));
  model.lanes[at.lane]!.charged += tokens;
  spend(wallet, memberIds, tokens, at);
  yield { type: 'WalletCharged', data: known({ ...charge, use, ...onDay(at), memberIds: saying(memberIds), lots }) };
  yield* alerts(wallet, at);
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

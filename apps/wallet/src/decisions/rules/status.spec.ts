import { describe, expect, it } from '@jest/globals';
import {
  ClosureRefused,
  EarningsReceived,
  GrantRefused,
  HoldExtensionRefused,
  HoldRefused,
  PlanAssigned,
  ReopeningRefused,
  PurchaseRefused,
  SaleRefused,
  TokensReceived,
  TransferDeclined,
  TransferRefused,
  WalletClosed,
  WalletFrozen,
  WalletReopened,
  WalletUnfrozen,
} from '@tokengrid/contracts';
import { captureHold } from '../holds/capture-hold.ts';
import { chargeWallet } from '../usage/charge-wallet.ts';
import { closeWallet } from '../wallets/close-wallet.ts';
import {
  captureId,
  charge,
  chargeRefused,
  context,
  earned,
  given,
  grantId,
  holdId,
  hour,
  now,
  sentOn,
  opened,
  otherWalletId,
  placed,
  price,
  purchased,
  purchaseId,
  saleId,
  transferId,
  waiting,
  walletId,
} from '../examples.fixture.ts';
import { extendHold } from '../holds/extend-hold.ts';
import { freezeWallet } from '../wallets/freeze-wallet.ts';
import { grantTokens } from '../grants/grant-tokens.ts';
import { openMarket } from '../state/market-policies.ts';
import { placeHold } from '../holds/place-hold.ts';
import { purchaseTokens } from '../purchases/purchase-tokens.ts';
import { receiveEarnings } from '../usage/receive-earnings.ts';
import { receiveTokens } from '../transfers/receive-tokens.ts';
import { reopenWallet } from '../wallets/reopen-wallet.ts';
import { sellTokens } from '../purchases/sell-tokens.ts';
import { sendTokens } from '../transfers/send-tokens.ts';
import { unfreezeWallet } from '../wallets/unfreeze-wallet.ts';

const frozen = WalletFrozen({ walletId, status: 'frozen', by: 'operator' });
const suspension = { by: 'suspension', partyRevision: 2 } as const;
const suspended = WalletFrozen({ walletId, status: 'frozen', ...suspension });
const closed = WalletClosed({ walletId, status: 'closed' });
const tokens = 1n;
const known = { status: 'open', expiresAt: now + hour } as const;
const transfer = { transferId, toWalletId: otherWalletId, tokens, receiverKnown: true, policy: openMarket };
const purchase = { purchaseId, tokens, method: 'carrier-bill', posted: price, policy: openMarket, ...waiting } as const;
const sale = { saleId, tokens, posted: price, policy: openMarket };
const hold = { holdId, tokens, expiresInSeconds: 60, reason: 'a use' };
const grant = { grantId, tokens, source: 'promotion', expiresAt: undefined, transferable: true } as const;

describe.each([
  ['frozen', frozen, 'WALLET.FROZEN'],
  ['frozen by the suspension of its party', suspended, 'WALLET.FROZEN'],
  ['closed', closed, 'WALLET.CLOSED'],
] as const)('a wallet that is %s', (_, barred, code) => {
  const wallet = given(opened, purchased(100n), placed([{ lotId: purchaseId, tokens: 40n }]), barred);

  it('buys nothing', () =>
    wallet.when(purchaseTokens, purchase, context).then(PurchaseRefused({ walletId, purchaseId, tokens, code })));

  it('sells nothing', () =>
    wallet.when(sellTokens, sale, context).then(SaleRefused({ walletId, saleId, tokens, code })));

  it('sends nothing', () =>
    wallet
      .when(sendTokens, transfer, context)
      .then(TransferRefused({ walletId, transferId, toWalletId: otherWalletId, tokens, code })));

  it('sets nothing aside', () => {
    wallet.when(placeHold, hold, context).then(HoldRefused({ walletId, holdId, tokens, code }));
    wallet
      .when(extendHold, { holdId, tokens, known }, context)
      .then(HoldExtensionRefused({ walletId, holdId, tokens, code }));
  });

  it('is charged nothing', () =>
    wallet.when(chargeWallet, charge(tokens), context).then(chargeRefused(tokens, { code })));

  it('gives what was under a hold before, and nothing beyond it', () => {
    const capture = { holdId, captureId, tokens: 60n, final: true, known };
    expect(wallet.when(captureHold, capture, context).decided[0]).toMatchObject({
      type: 'HoldCaptured',
      data: { tokens: 40n, shortfall: 20n, beyond: [] },
    });
  });
});

describe('a freeze', () => {
  it('is undone by who froze it', () => {
    given(opened, frozen)
      .when(unfreezeWallet, { by: 'operator' }, context)
      .then(WalletUnfrozen({ walletId, status: 'open', by: 'operator' }));
    given(opened, frozen, suspended)
      .when(unfreezeWallet, { by: 'suspension', partyRevision: 3 }, context)
      .then(WalletUnfrozen({ walletId, status: 'frozen', by: 'suspension', partyRevision: 3 }));
  });

  it('by suspension is what the later event of the party says, which an older one is answered with', () => {
    const reinstated = WalletUnfrozen({ walletId, status: 'open', by: 'suspension', partyRevision: 3 });
    const again = WalletFrozen({ walletId, status: 'frozen', by: 'suspension', partyRevision: 5 });
    given(opened, suspended, reinstated).when(freezeWallet, suspension, context).then(reinstated);
    given(opened, suspended, reinstated, again)
      .when(unfreezeWallet, { by: 'suspension', partyRevision: 3 }, context)
      .then(again);
    given(opened, suspended, reinstated, again, frozen)
      .when(unfreezeWallet, { by: 'operator' }, context)
      .then(WalletUnfrozen({ walletId, status: 'frozen', by: 'operator' }));
  });

  it('is the same when it comes again', () => {
    given(opened, frozen).when(freezeWallet, { by: 'operator' }, context).then(frozen);
    expect(given(opened, frozen, frozen).state).toMatchObject({ status: { frozenBy: ['operator'] } });
  });

  it('says why', () =>
    given(opened)
      .when(freezeWallet, { by: 'operator', reason: 'a stolen phone' }, context)
      .then(WalletFrozen({ walletId, status: 'frozen', by: 'operator', reason: 'a stolen phone' })));

  it('lets in what comes', () => {
    const { decided } = given(opened, frozen).when(grantTokens, grant, context);
    expect(decided[0]).toMatchObject({ type: 'TokensGranted' });
  });
});

describe('a closure', () => {
  const arrival = { transferId, walletId, fromWalletId: otherWalletId, tokens, parcels: [{ tokens, expiresAt: null }] };

  it('is of an empty wallet only', () => {
    given(opened).when(closeWallet, {}, context).then(closed);
    given(opened, purchased(5n))
      .when(closeWallet, {}, context)
      .then(ClosureRefused({ walletId, code: 'WALLET.NOT_EMPTY', available: 5n, held: 0n }));
    given(opened, purchased(5n), placed([{ lotId: purchaseId, tokens: 5n }]))
      .when(closeWallet, {}, context)
      .then(ClosureRefused({ walletId, code: 'WALLET.NOT_EMPTY', available: 0n, held: 5n }));
    const resetsAt = '2026-02-01T00:00:00.000Z';
    const plan = {
      walletId,
      planId: 'pln_1',
      tokens: 1n,
      rolloverCap: 0n,
      transferable: false,
      resetsAt,
      timeZone: 'UTC',
    };
    given(opened, PlanAssigned(plan))
      .when(closeWallet, {}, context)
      .then(ClosureRefused({ walletId, code: 'WALLET.NOT_EMPTY', available: 0n, held: 0n }));
  });

  it('takes no grants', () =>
    given(opened, closed)
      .when(grantTokens, grant, context)
      .then(GrantRefused({ walletId, grantId, tokens, code: 'WALLET.CLOSED' })));

  it('lets what others send go back to them', () =>
    given(opened, closed)
      .when(receiveTokens, { ...arrival, sentOn }, context)
      .then(TransferDeclined({ ...arrival, sentOn, parcels: [...arrival.parcels], code: 'WALLET.CLOSED' })));

  it('ends when something comes in that is owed to the party', () => {
    const { statementId, partyId, period, timeZone, fromLane } = earned(60n).data;
    const { decided } = given(opened, closed).when(
      receiveEarnings,
      { statementId, partyId, period, timeZone, fromLane, tokens: 60n },
      context,
    );
    expect(decided).toEqual([WalletReopened({ walletId, status: 'open' }), earned(60n)]);
    expect(decided[1]).toMatchObject({ type: EarningsReceived.type });
    const again = given(opened, closed, WalletReopened({ walletId, status: 'open' }));
    expect(again.when(receiveTokens, { ...arrival, sentOn }, context).decided[0]).toMatchObject({
      type: TokensReceived.type,
    });
  });

  it('is opened again by the operator, who had frozen it still does', () => {
    given(opened, closed)
      .when(reopenWallet, {}, context)
      .then(WalletReopened({ walletId, status: 'open', by: 'operator' }));
    given(opened, frozen, closed)
      .when(reopenWallet, {}, context)
      .then(WalletReopened({ walletId, status: 'frozen', by: 'operator' }));
    for (const history of [
      [opened],
      [opened, frozen],
      [opened, closed, WalletReopened({ walletId, status: 'open' })],
    ]) {
      given(...history)
        .when(reopenWallet, {}, context)
        .then(ReopeningRefused({ walletId, code: 'WALLET.NOT_CLOSED' }));
    }
  });

  it('leaves a frozen wallet frozen when it ends', () => {
    const { statementId, partyId, period, timeZone, fromLane } = earned(60n).data;
    const { decided } = given(opened, frozen, closed).when(
      receiveEarnings,
      { statementId, partyId, period, timeZone, fromLane, tokens: 60n },
      context,
    );
    expect(decided[0]).toEqual(WalletReopened({ walletId, status: 'frozen' }));
  });
});

import { comeIn, type Handler } from './model.ts';
import { availableOf, newWallet, ofLane } from './state.ts';
import type { Giving } from './giving.ts';
import { upToDate } from './due.ts';
import { exhausted, issued } from './issuance.ts';
import { closedRefused } from './status.ts';

/** domain.md "One per party". */
const openWallet: Handler = function* (model, { walletId, partyId, partyKind }) {
  model.once(`opening of ${walletId}`);
  model.wallets.set(walletId, newWallet(walletId, partyId));
  yield { type: 'WalletOpened', data: { walletId, partyId, partyKind } };
};

/** domain.md "Grants by the operator": tokens for any use. */
export const tokenGrant: Giving = {
  barred: (wallet, { expiresAt }, at) =>
    expiresAt !== undefined && expiresAt <= at.time ? { code: 'WALLET.EXPIRY_PASSED' } : closedRefused(wallet),
  short: (model, _, asked, at) => exhausted(model, asked, at),
  refused: ({ id: walletId }, { grantId, tokens }, refusal) => ({
    type: 'GrantRefused',
    data: { walletId, grantId, tokens, ...refusal },
  }),
  *give(model, wallet, { grantId, tokens, source, expiresAt, transferable }, at) {
    const { id: walletId } = wallet;
    const came = { id: grantId, source, sellable: transferable };
    const [lot] = comeIn(model, wallet, came, [{ tokens, ends: expiresAt ?? Infinity }]);
    model.accounts.move(tokens, ofLane(at, 'issuance'), availableOf(walletId));
    yield { type: 'TokensGranted', data: { walletId, grantId, tokens, lot } };
    yield* issued(model, walletId, tokens, at);
  },
};

/** Handlers that open a wallet or bring it up to date, by command. */
export const openingHandlers: Readonly<Record<string, Handler>> = {
  openWallet,
  expireTokens: upToDate(function* () {}),
};

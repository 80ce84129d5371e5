import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Answered, Ground, RunningWallet } from '../testing/run-wallet.ts';
import { openGround, startWallet } from '../testing/run-wallet.ts';

let ground: Ground;
let wallet: RunningWallet;
beforeAll(async () => {
  ground = await openGround();
  const provider = { PAYMENT_PROVIDER_URL: 'http://127.0.0.1:1', PAYMENT_WEBHOOK_SECRET: `whsec_${'MfKQ'.repeat(8)}` };
  wallet = await startWallet(ground, { settings: provider });
  await wallet.put('/v1/token-price', { currency: 'CNY', buy: '200', sellBack: '150' });
}, 120_000);
afterAll(async () => {
  await wallet.close();
  await ground.close();
}, 60_000);

it('a repeat gets the first answer, though a membership is over, a limit lower, and no payment provider is there any more', async () => {
  const [family, child] = [await wallet.party(), await wallet.party()];
  await wallet.buy(family, '1000');
  const memberPath = `/v1/wallets/${family.walletId}/members/${child.partyId}`;
  await wallet.call(wallet.operator, 'PUT', memberPath, {});
  const ofFamily = `/v1/wallets/${family.walletId}`;
  const hold = { tokens: '50', expiresInSeconds: 600, reason: 'a use' };
  const placed = await wallet.call(child, 'POST', `${ofFamily}/holds`, hold, 'hold');
  const { holdId } = placed.body as { readonly holdId: string };
  const toChild = { toWalletId: child.walletId, tokens: '7' };
  const online = { tokens: '10', method: 'payment-provider' };
  const batch = { commands: [{ idempotencyKey: 'sent', walletId: family.walletId, type: 'transfer', body: toChild }] };
  const sent: readonly (() => Promise<Answered>)[] = [
    () => wallet.call(child, 'POST', `${ofFamily}/holds`, hold, 'hold'),
    () => wallet.call(child, 'POST', `/v1/holds/${holdId}/captures`, { tokens: '20', final: false }, 'capture'),
    () => wallet.call(child, 'POST', `${ofFamily}/transfers`, toChild, 'sent'),
    () => wallet.call(child, 'POST', '/v1/commands:batch', batch),
    () => wallet.post(family, 'purchases', online, 'online'),
    () => wallet.post(family, 'quotes', { side: 'buy', tokens: '10' }, 'quote'),
    () => wallet.call(wallet.operator, 'DELETE', memberPath, undefined, 'removed'),
  ];
  const first: Answered[] = [];
  for (const send of sent) first.push(await send());
  expect(first.map(({ status }) => status)).toEqual([201, 201, 201, 200, 201, 201, 200]);

  await wallet.put('/v1/token-price', { currency: 'CNY', buy: '210', sellBack: '150' });
  await wallet.call(family, 'PUT', `${ofFamily}/limits`, { daily: '0' });
  await wallet.close();
  wallet = await startWallet(ground);
  const refused = await wallet.call(child, 'POST', `${ofFamily}/transfers`, toChild, 'another');
  expect(refused).toMatchObject({ status: 404 });
  const unpaid = await wallet.post(family, 'purchases', online, 'another');
  expect(unpaid).toMatchObject({ body: { code: 'WALLET.PAYMENT_PROVIDER_UNAVAILABLE' } });

  const again: Answered[] = [];
  for (const send of sent) again.push(await send());
  expect(again).toEqual(first);
});

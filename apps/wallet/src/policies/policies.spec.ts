import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { WalletEvent } from '@tokengrid/contracts';
import { Reaction } from '@tokengrid/event-bus';
import type { Outcome } from '@tokengrid/event-store';
import { NotYet } from '@tokengrid/kernel';
import { chargeWallet } from '../decisions/usage/charge-wallet.ts';
import { charge, statementId } from '../decisions/examples.fixture.ts';
import { Escrow } from '../projections/escrow.ts';
import { openMarket } from '../decisions/state/market-policies.ts';
import { sendTokens } from '../decisions/transfers/send-tokens.ts';
import { WhenEscrowReleasedReceiveEarnings } from './when-escrow-released-receive-earnings.ts';
import { WhenSliceOfferedHoldSliceOrRenewSlice } from './when-slice-offered-hold-slice-or-renew-slice.ts';
import { WhenStatementMadeReleaseEscrowOrCollectFees } from './when-statement-made-release-escrow-or-collect-fees.ts';
import { WhenTokensSentReceiveTokens } from './when-tokens-sent-receive-tokens.ts';
import { WhenTransferDeclinedReturnTransfer } from './when-transfer-declined-return-transfer.ts';
import { type Caller, runWallet, type RunningWallet, someCommand, someId } from '../testing/run-wallet.ts';
import { Wallets } from '../streams/wallets.ts';

let wallet: RunningWallet;
beforeAll(async () => {
  wallet = await runWallet();
  await wallet.put('/v1/token-price', { currency: 'CNY', buy: '200', sellBack: '150' });
}, 120_000);
afterAll(() => wallet.close(), 60_000);

/** The only event of a kind that a command stated. */
function stated<Type extends WalletEvent['type']>({ events }: Outcome<WalletEvent>, type: Type) {
  const event = events.find((each) => each.type === type);
  if (!event) throw new Error(`no ${type} was stated`);
  return event as Extract<(typeof events)[number], { readonly type: Type }>;
}

describe('a transfer', () => {
  const sendOf = (from: Caller, to: Caller, tokens: string) =>
    someCommand(from.walletId, {
      transferId: `trf_${from.walletId.slice(4)}`,
      toWalletId: to.walletId,
      tokens: BigInt(tokens),
      receiverKnown: true,
      policy: openMarket,
    });

  it('answers once the tokens have left', async () => {
    const [from, to] = [await wallet.party(), await wallet.party()];
    await wallet.buy(from, '100');
    const sent = await wallet.post(from, 'transfers', { toWalletId: to.walletId, tokens: '60', memo: '房租' });
    expect(sent).toEqual({
      status: 201,
      body: {
        transferId: someId('trf'),
        fromWalletId: from.walletId,
        toWalletId: to.walletId,
        tokens: '60',
        memo: '房租',
        status: 'sent',
      },
    });
    expect(await wallet.availableOf(from)).toBe('40');
  });

  it('does not go to the sender, to a malformed id, or to a wallet that there is not', async () => {
    const from = await wallet.party();
    const send = (toWalletId: string) => wallet.post(from, 'transfers', { toWalletId, tokens: '1' });
    for (const toWalletId of [from.walletId, 'wal_1']) {
      expect(await send(toWalletId)).toMatchObject({ status: 400, body: { errors: [{ pointer: '/toWalletId' }] } });
    }
    expect(await send(`wal_${'0'.repeat(26)}`)).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
  });

  it('arrives once, however often its event is delivered', async () => {
    const [from, to] = [await wallet.party(), await wallet.party()];
    await wallet.buy(from, '100');
    const sent = stated(await wallet.instance(Wallets).handle(sendTokens, sendOf(from, to, '60')), 'TokensSent');
    const policy = wallet.instance(WhenTokensSentReceiveTokens);
    for (let delivery = 0; delivery < 3; delivery++) await policy.receiveTokens(sent, new Reaction('receive', sent));
    expect(await wallet.availableOf(to)).toBe('60');
  });

  it('comes back where it cannot be taken', async () => {
    const from = await wallet.party();
    const nobody = { ...from, walletId: `wal_${'1'.repeat(26)}` };
    await wallet.buy(from, '100');
    const sent = stated(await wallet.instance(Wallets).handle(sendTokens, sendOf(from, nobody, '60')), 'TokensSent');
    const arrival = await wallet
      .instance(WhenTokensSentReceiveTokens)
      .receiveTokens(sent, new Reaction('receive', sent));
    const declined = stated(arrival, 'TransferDeclined');
    await wallet
      .instance(WhenTransferDeclinedReturnTransfer)
      .returnTransfer(declined, new Reaction('return', declined));
    expect(await wallet.availableOf(from)).toBe('100');
    const { body } = await wallet.get(from, `/v1/wallets/${from.walletId}/entries`);
    expect((body['data'] as { type: string }[]).map(({ type }) => type)).toEqual([
      'purchase',
      'transfer-out',
      'transfer-returned',
    ]);
  });
});

describe('a slice that metering offers', () => {
  it('is held in its payer’s wallet, and stays there', async () => {
    const payer = await wallet.party();
    await wallet.buy(payer, '1000');
    const data = {
      ...{
        sliceId: `slc_${'1'.repeat(26)}`,
        partyId: payer.partyId,
        gatewayId: 'gateway-1',
        epoch: 1,
        number: 1,
        scope: [{ model: 'qwen' }],
      },
      ...{ tokens: 40n, atLeast: 10n, spare: 0n, prices: [], validUntil: '2030-01-01T00:00:00.000Z', graceMs: 10_000 },
      ...{ idleMs: 15_000, renewBelowBps: 3000 },
    };
    const offered = {
      ...{ type: 'SliceOffered' as const, data, id: 'metering/0/1', service: 'metering', lane: 0, sequence: 1 },
      ...{
        streamId: 's',
        revision: 1,
        time: 0,
        commandId: randomUUID(),
        causationId: 'spec',
        correlationId: 'spec',
        actor: 'spec',
      },
    };
    const policy = wallet.instance(WhenSliceOfferedHoldSliceOrRenewSlice);
    const outcome = await policy.holdSlice(offered, new Reaction('hold', offered));
    expect(stated(outcome, 'HoldPlaced').data).toMatchObject({ walletId: payer.walletId, tokens: 40n });
  });
});

describe('what settlement owes', () => {
  const made = (partyId: string, tokens: bigint, walletLane: number, id: string, filledBy?: string) => ({
    type: 'StatementMade' as const,
    data: {
      statementId: id,
      period: '2026-01-01',
      timeZone: 'UTC',
      partyId,
      lines: [],
      carriedIn: 0n,
      carriedOut: 0n,
      tokens,
      payFrom: [{ walletLane, tokens, ...(filledBy !== undefined && { filledBy }) }],
    },
    ...{ id: 'settlement/0/1', service: 'settlement', lane: 0, sequence: 1, streamId: 's', revision: 1, time: 0 },
    ...{ commandId: randomUUID(), causationId: 'spec', correlationId: 'spec', actor: 'spec' },
  });

  it('comes out of escrow, into the wallet and to the operator, and never more than charges put in', async () => {
    const [payer, earner] = [await wallet.party(), await wallet.party()];
    await wallet.buy(payer, '100');
    const command = someCommand(payer.walletId, charge(100n));
    const charged = stated(await wallet.instance(Wallets).handle(chargeWallet, command), 'WalletCharged');
    const pay = async (partyId: string, tokens: bigint, part: string) => {
      const statement = made(partyId, tokens, charged.lane, `${statementId.slice(0, -1)}${part}`);
      const [outcome] = await wallet
        .instance(WhenStatementMadeReleaseEscrowOrCollectFees)
        .payStatement(statement, new Reaction(part, statement));
      return outcome!;
    };
    const released = stated(await pay(earner.partyId, 70n, '1'), 'EscrowReleased');
    const policy = wallet.instance(WhenEscrowReleasedReceiveEarnings);
    await policy.receiveEarnings(released, new Reaction('earnings', released));
    expect(await wallet.availableOf(earner)).toBe('70');
    stated(await pay('operator', 30n, '2'), 'FeesCollected');
    const refused = stated(await pay('operator', 1n, '3'), 'EscrowRefused');
    expect(refused.data).toMatchObject({ available: 0n, required: 1n });
  });

  it("is paid after the operator's fees have filled up a lane's escrow that lacks it", async () => {
    const [earner, lane] = [await wallet.party(), 1];
    const ids = ['4', '5'].map((part) => `${statementId.slice(0, -1)}${part}`);
    const policy = wallet.instance(WhenStatementMadeReleaseEscrowOrCollectFees);
    const pay = async (statement: ReturnType<typeof made>) => {
      const [outcome] = await policy.payStatement(statement, new Reaction('pay', statement));
      return outcome!;
    };
    const available = async () => (await wallet.instance(Escrow).chargedByLane()).get(lane) ?? 0n;
    const owed = (await available()) + 70n;
    const earned = made(earner.partyId, owed, lane, ids[1]!, ids[0]);
    await expect(pay(earned)).rejects.toThrow(NotYet);
    stated(await pay(made('operator', -owed, lane, ids[0]!)), 'FeesCollected');
    expect(stated(await pay(earned), 'EscrowReleased').data.tokens).toBe(owed);
  });
});

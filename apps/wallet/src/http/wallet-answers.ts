import type { WalletEvent } from '@tokengrid/contracts';
import { type Answer, type Answers, problem } from '@tokengrid/service';
import { z } from 'zod';

const decimal = z.string().meta({ description: 'whole µAIT as a decimal string', example: '1250000' });
const money = z.strictObject({ currency: z.string(), amount: z.string() });

export const PurchaseAnswer = z
  .strictObject({
    purchaseId: z.string(),
    walletId: z.string(),
    tokens: decimal,
    method: z.string(),
    price: money,
    status: z.literal('completed'),
  })
  .meta({ id: 'Purchase' });

export const SaleAnswer = z
  .strictObject({
    saleId: z.string(),
    walletId: z.string(),
    tokens: decimal,
    price: money,
    status: z.literal('completed'),
  })
  .meta({ id: 'Sale' });

export const TransferAnswer = z
  .strictObject({
    transferId: z.string(),
    fromWalletId: z.string(),
    toWalletId: z.string(),
    tokens: decimal,
    memo: z.string().optional(),
    status: z.literal('sent'),
  })
  .meta({ id: 'Transfer' });

export const GrantAnswer = z
  .strictObject({
    grantId: z.string(),
    walletId: z.string(),
    tokens: decimal,
    source: z.string(),
    expiresAt: z.string().nullable(),
    transferable: z.boolean(),
  })
  .meta({ id: 'Grant' });

export const TokenPriceAnswer = z
  .strictObject({
    priceVersion: z.int(),
    currency: z.string(),
    buy: z.string(),
    sellBack: z.string(),
    effectiveFrom: z.string(),
  })
  .meta({ id: 'TokenPrice' });

export const CapacityDeclaredAnswer = z
  .strictObject({ tokens: decimal, version: z.int() })
  .meta({ id: 'CapacityDeclared' });

interface Refused {
  readonly tokens: bigint;
  readonly code: string;
  readonly available?: bigint | undefined;
  readonly required?: bigint | undefined;
}

/** Refusals in the public surface's words; each has its code in the README. */
function refusal({ data }: { readonly data: Refused }): Answer {
  const { code, available, required } = data;
  const amounts = available === undefined ? {} : { available, required };
  switch (code) {
    case 'NOT_FOUND':
      return problem(404, code, 'there is no such wallet to send to');
    case 'WALLET.NO_TOKEN_PRICE':
      return problem(409, code, 'the operator has posted no token price yet');
    case 'WALLET.EXPIRY_PASSED': {
      const detail = 'must be a time to come';
      return problem(400, 'INVALID_ARGUMENT', `/expiresAt: ${detail}`, { errors: [{ pointer: '/expiresAt', detail }] });
    }
    case 'WALLET.NOT_TRANSFERABLE':
      return problem(409, code, 'none of the tokens in this wallet may be sent or sold', amounts);
    case 'WALLET.ISSUANCE_EXHAUSTED':
      return problem(409, code, `the operator can issue ${available} µAIT more, not ${required}`, amounts);
    default:
      return problem(409, code, `the wallet can do this with ${available} µAIT, not with ${required}`, amounts);
  }
}

/** What each event answers whoever asked for it. */
export const walletAnswers: Answers<WalletEvent> = {
  TokensPurchased: ({ data: { purchaseId, walletId, tokens, method, price, status } }) => ({
    status: 201,
    body: { purchaseId, walletId, tokens, method, price, status },
  }),
  TokensSold: ({ data: { saleId, walletId, tokens, price } }) => ({
    status: 201,
    body: { saleId, walletId, tokens, price, status: 'completed' },
  }),
  TokensSent: ({ data: { transferId, walletId, toWalletId, tokens, memo } }) => ({
    status: 201,
    body: { transferId, fromWalletId: walletId, toWalletId, tokens, memo, status: 'sent' },
  }),
  TokensGranted: ({ data: { grantId, walletId, tokens, lot } }) => ({
    status: 201,
    body: { grantId, walletId, tokens, source: lot.source, expiresAt: lot.expiresAt, transferable: lot.transferable },
  }),
  TokenPriceSet: ({ data }) => ({ status: 200, body: data }),
  CapacityDeclared: ({ data }) => ({ status: 200, body: data }),
  PurchaseRefused: refusal,
  SaleRefused: refusal,
  TransferRefused: refusal,
  GrantRefused: refusal,
  // What policies' commands state, and what is stated beside an answer.
  WalletOpened: 'silent',
  CapacityGranted: 'silent',
  CapacityExhausted: 'silent',
  CapacityReclaimed: 'silent',
  CapacityReceived: 'silent',
  CapacityReturned: 'silent',
  CapacityUsed: 'silent',
  CapacityFreed: 'silent',
  TokensReceived: 'silent',
  TransferDeclined: 'silent',
  TransferReturned: 'silent',
  TokensExpired: 'silent',
  WalletCharged: 'silent',
  ChargeRefused: 'silent',
  EscrowReleased: 'silent',
  FeesCollected: 'silent',
  EscrowRefused: 'silent',
  EarningsReceived: 'silent',
};

import type { WalletEvent } from '@tokengrid/contracts';
import { walletStatus } from '@tokengrid/contracts';
import type { Answer, Answers } from '@tokengrid/service';
import { problem } from '@tokengrid/service';
import { z } from 'zod';
import { decimal } from '../amounts.ts';

export const WalletStatusAnswer = z
  .strictObject({ walletId: z.string(), status: walletStatus, reason: z.string().optional() })
  .meta({ id: 'WalletStatus' });

const caps = { daily: decimal.optional(), monthly: decimal.optional() };

export const LimitsAnswer = z
  .strictObject({ walletId: z.string(), ...caps, alertsAt: z.array(z.int()) })
  .meta({ id: 'SpendLimits' });

export const MemberAnswer = z
  .strictObject({ walletId: z.string(), memberId: z.string(), ...caps })
  .meta({ id: 'Member' });

export const MemberRemovedAnswer = z
  .strictObject({ walletId: z.string(), memberId: z.string(), status: z.literal('removed') })
  .meta({ id: 'MemberRemoved' });

/** 403: a key that is under a cap asks for what could lift it. */
export const capped = (): Answer =>
  problem(403, 'PERMISSION_DENIED', 'a key with a cap in this wallet changes no caps, limits or policies of it');

/** What a wallet may do, how much of it, and by whom. */
export const controlAnswers = {
  WalletFrozen: ({ data: { walletId, status, reason } }) => ({ status: 200, body: { walletId, status, reason } }),
  WalletUnfrozen: ({ data: { walletId, status } }) => ({ status: 200, body: { walletId, status } }),
  WalletClosed: ({ data: { walletId, status } }) => ({ status: 200, body: { walletId, status } }),
  ClosureRefused: ({ data: { code, available, held } }) =>
    problem(
      409,
      code,
      'only a wallet can be closed in which nothing is, for which nothing waits, and that has no plan',
      {
        available,
        held,
      },
    ),
  // Where something comes in that opens a closed wallet, that answers.
  WalletReopened: ({ data: { walletId, status, by } }) =>
    by === undefined ? 'silent' : { status: 200, body: { walletId, status } },
  ReopeningRefused: ({ data: { code } }) => problem(409, code, 'the wallet is not closed'),
  SpendLimitsSet: ({ data }) => ({ status: 200, body: data }),
  SpendLimitsRefused: capped,
  MemberSet: ({ data }) => ({ status: 200, body: data }),
  MemberRemoved: ({ data }) => ({ status: 200, body: { ...data, status: 'removed' } }),
  MemberRefused: ({ data: { code } }) => {
    if (code === 'PERMISSION_DENIED') return capped();
    return code === 'NOT_FOUND'
      ? problem(404, code, 'there is no such member of this wallet')
      : problem(409, code, 'a wallet has at most 100 members');
  },
  MemberSuspended: 'silent',
  MemberReinstated: 'silent',
} satisfies Partial<Answers<WalletEvent>>;

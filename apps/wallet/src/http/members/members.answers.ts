import type { WalletEvent } from '@tokengrid/contracts';
import { type Answers, refusalOf } from '@tokengrid/service';
import { z } from 'zod';
import { decimal } from '../amounts.ts';
import { caps, spendState } from '../limits/limits.answers.ts';

export const MemberAnswer = z
  .strictObject({ walletId: z.string(), memberId: z.string(), ...caps, total: decimal.optional() })
  .meta({ id: 'Member' });

export const MemberRemovedAnswer = z
  .strictObject({ walletId: z.string(), memberId: z.string(), status: z.literal('removed') })
  .meta({ id: 'MemberRemoved' });

export const MembersAnswer = z
  .strictObject({
    data: z.array(
      z.strictObject({
        memberId: z.string(),
        suspended: z.boolean().meta({ description: "its party is suspended: it can't spend" }),
        ...spendState,
        total: decimal.optional().meta({ description: 'µAIT in all' }),
        spentInAll: decimal.meta({ description: 'µAIT spent since it was set first', example: '1250000' }),
      }),
    ),
    nextCursor: z.null(),
  })
  .meta({ id: 'Members', description: 'always complete; at most 100' });

/** Answers of membership. */
export const memberAnswers = {
  MemberSet: ({ data }) => ({ status: 200, body: data }),
  MemberRemoved: ({ data }) => ({ status: 200, body: { ...data, status: 'removed' } }),
  MemberRefused: refusalOf,
  MemberSuspended: 'silent',
  MemberReinstated: 'silent',
} satisfies Partial<Answers<WalletEvent>>;

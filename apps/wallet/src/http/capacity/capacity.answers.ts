import type { WalletEvent } from '@tokengrid/contracts';
import type { Answers } from '@tokengrid/service';
import { z } from 'zod';
import { decimal, microAit } from '../amounts.ts';

export const CapacityDeclaredAnswer = z
  .strictObject({ tokens: decimal, version: z.int() })
  .meta({ id: 'CapacityDeclared' });

export const CapacityAnswer = z
  .strictObject({
    tokens: microAit.nullable().meta({ description: 'µAIT that may be outstanding; null: no limit was declared' }),
    version: z.int(),
    outstanding: microAit,
    warning: z.boolean().meta({ description: 'whether at least 90 % of it was outstanding at the last check' }),
  })
  .meta({ id: 'Capacity' });

/** Answers of the capacity's events. */
export const capacityAnswers = {
  CapacityDeclared: ({ data }) => ({ status: 200, body: data }),
} satisfies Partial<Answers<WalletEvent>>;

import type { CorrectionRepeated, EventOf, ParkedUseCorrected, Units, UsageCorrected } from '@tokengrid/contracts';
import { z } from 'zod';
import { chargeIdOf } from '../../decisions/rules/charge-id.ts';
import { countInJson } from '../../projections/counts.ts';

const microAit = (description: string, example: string) => z.string().meta({ description, example });

export const CorrectionAnswer = z
  .strictObject({
    usageId: z.string(),
    chargeId: z.string(),
    source: z.string(),
    eventId: z.string(),
    party: z.string(),
    number: z.int().meta({ description: 'Number of the last correction of the use; 0: of none', example: 1 }),
    status: z
      .enum(['corrected', 'voided', 'parked'])
      .meta({ description: 'corrected, void, or still parked with other units' }),
    units: z.record(z.string(), z.union([z.int(), z.string()])).meta({ description: 'Units of the use from now on' }),
    tokens: microAit('µAIT that the use costs from now on', '618'),
    difference: microAit('µAIT that are charged further; negative if they go back', '-416'),
    receiptId: z.string().optional().meta({
      description: 'Id of the receipt of the difference, once the wallet has charged or refunded it',
      example: 'chg_01jzx0000000000000000000ad',
    }),
    waitsFor: z.string().optional().meta({ description: 'For a parked use: the missing fact', example: 'model:qwen' }),
  })
  .meta({ id: 'Correction' });

interface Corrected {
  readonly partyId: string;
  readonly use: { readonly usageId: string; readonly source: string; readonly eventId: string };
  readonly number: number;
  readonly status: 'corrected' | 'voided' | 'parked';
  readonly units: Units;
  readonly tokens: bigint;
  readonly difference: bigint;
  readonly receiptId?: string | undefined;
  readonly waitsFor?: string | undefined;
}

/** Answer to a correction. */
export function corrected({ partyId, use, units, ...what }: Corrected) {
  const { usageId, source, eventId } = use;
  const { number, status, tokens, difference, receiptId, waitsFor } = what;
  const counts = Object.fromEntries(Object.entries(units).map(([meter, count]) => [meter, countInJson(count)]));
  const body = { usageId, chargeId: chargeIdOf(usageId), source, eventId, party: partyId, number, status };
  return { status: 200, body: { ...body, units: counts, tokens, difference, receiptId, waitsFor } };
}

export function ofRated({ partyId, corrections }: EventOf<typeof UsageCorrected>['data']): Corrected {
  const use = corrections[0]!;
  const { number, replacement, was, tokens, chargeId } = use;
  return {
    ...{ partyId, use, number, status: replacement ? 'corrected' : 'voided', units: replacement ?? {} },
    ...{ tokens: was + tokens, difference: tokens, receiptId: tokens === 0n ? undefined : chargeId },
  };
}

export function ofParked({ partyId, use, voided }: EventOf<typeof ParkedUseCorrected>['data']): Corrected {
  const nothing = { number: 0, tokens: 0n, difference: 0n };
  if (voided) return { partyId, use, status: 'voided', units: {}, ...nothing };
  return { partyId, use, status: 'parked', units: use.units, waitsFor: use.waitsFor, ...nothing };
}

export function ofRepeated(said: EventOf<typeof CorrectionRepeated>['data']): Corrected {
  const { partyId, number, replacement, was } = said;
  const status = replacement ? 'corrected' : 'voided';
  return { partyId, use: said, number, status, units: replacement ?? {}, tokens: was, difference: 0n };
}

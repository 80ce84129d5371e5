import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { isBlank, operatorPartyId, partyId } from '@tokengrid/contracts';
import {
  Caller,
  Incoming,
  type IncomingCommand,
  type Principal,
  Refuses,
  Requires,
  Responds,
  sentTime,
} from '@tokengrid/service';
import { z } from 'zod';
import { Corrections } from '../../flows/corrections.ts';
import { attribute, usageData } from '../../usage-events/cloud-event.ts';
import { CorrectionAnswer } from './correction-answer.ts';

export const CorrectionRequest = z
  .strictObject({
    source: attribute(1, 500)
      .regex(/^(?!tokengrid:)/, 'must not begin with "tokengrid:": charges of the network itself follow their uses')
      .meta({ description: 'CloudEvents source of the use' }),
    id: attribute(1, 255).meta({ description: 'CloudEvents id of the use' }),
    reason: attribute(1, 500)
      .refine((reason) => !isBlank(reason), 'must not be blank')
      .meta({ description: 'Reason of the correction', example: 'counted twice by the client' }),
    units: usageData.shape.units
      .optional()
      .meta({ description: 'All units of the use from now on; without it, the use is void, which is final' }),
    reportedBy: z
      .union([partyId, z.literal(operatorPartyId)])
      .optional()
      .meta({
        description: 'Party that reported the use; needed only by the operator, if several reported such a one',
      }),
    party: partyId.optional().meta({ description: 'Payer; needed with `time` for a use reported over 35 days ago' }),
    time: sentTime.optional().meta({ description: 'Time of use, as reported' }),
  })
  .meta({
    id: 'CorrectionRequest',
    example: {
      ...{ source: '/gateways/1', id: 'request-1', reason: 'counted twice by the client' },
      units: { input_tokens: 187, output_tokens: 44 },
    },
  });
export type CorrectionRequest = z.output<typeof CorrectionRequest>;

/** Corrections of uses. */
@Controller('v1/corrections')
export class CorrectionsController {
  constructor(private readonly corrections: Corrections) {}

  /**
   * Replaces the units of a reported use, or voids it. It is rated anew by its own prices, and the
   * difference is charged or given back. A use can be corrected again; a correction that changes
   * nothing is answered with the use as it is.
   *
   * The reporter of a use may correct it until the settlement of its day begins, the operator at
   * any time. A parked use can be corrected, too.
   */
  @Post()
  @HttpCode(200)
  @Requires('metering:corrections:write')
  @Refuses('correctUse', 'NOT_FOUND')
  @Responds(200, CorrectionAnswer)
  correctUse(
    @Body({ schema: CorrectionRequest }) request: CorrectionRequest,
    @Caller() caller: Principal,
    @Incoming() incoming: IncomingCommand,
  ) {
    return this.corrections.correct(caller, request, incoming);
  }
}

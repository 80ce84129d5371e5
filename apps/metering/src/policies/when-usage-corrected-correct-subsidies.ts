import { Controller } from '@nestjs/common';
import { type Correction, derivedId, type EventOf, meteringCatalogue, type UsageCorrected } from '@tokengrid/contracts';
import { Policy, type Reaction } from '@tokengrid/event-bus';
import type { Recorded } from '@tokengrid/kernel';
import { correctionKeyOf } from '../decisions/rules/marks.ts';
import { payerStreamOf } from '../decisions/state/payer.ts';
import { subsidySource } from '../decisions/usage/charge-subsidies.ts';
import { correctSubsidy, SubsidyCorrected } from '../decisions/usage/correct-subsidies.ts';
import { Payers } from '../streams/payers.ts';

type Corrected = Recorded<EventOf<typeof UsageCorrected>>;

@Controller()
export class WhenUsageCorrectedCorrectSubsidies {
  constructor(private readonly payers: Payers) {}

  /** Corrects what developers pay for uses that their apps sell below the cost of the model. */
  @Policy({ name: 'when-usage-corrected-correct-subsidies', from: meteringCatalogue, on: ['UsageCorrected'] })
  correctSubsidies({ data }: Corrected, reaction: Reaction) {
    const subsidised = data.corrections.filter(({ subsidy }) => subsidy !== undefined && subsidy.tokens !== 0n);
    return Promise.all(subsidised.map((correction) => this.correct(correction, reaction)));
  }

  private async correct(correction: Correction, reaction: Reaction) {
    const { usageId, subsidy } = correction;
    const { partyId: developerId } = subsidy!;
    const keys = [correctionKeyOf(derivedId('usg', subsidySource, usageId))];
    const command = reaction.to(payerStreamOf(developerId), { developerId, correction }, usageId);
    try {
      return await this.payers.handle(correctSubsidy, { ...command, keys });
    } catch (error) {
      if (error instanceof SubsidyCorrected) return undefined;
      throw error;
    }
  }
}

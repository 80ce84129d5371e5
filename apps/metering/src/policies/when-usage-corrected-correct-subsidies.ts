import { Controller } from '@nestjs/common';
import { type Correction, derivedId, type EventOf, meteringCatalogue, type UsageCorrected } from '@tokengrid/contracts';
import { Policy, type Reaction } from '@tokengrid/event-bus';
import { NotYet, type Recorded } from '@tokengrid/kernel';
import { correctionKeyOf } from '../decisions/rules/marks.ts';
import { payerStreamOf } from '../decisions/state/payer.ts';
import { subsidySource } from '../decisions/usage/charge-subsidies.ts';
import { correctSubsidy, SubsidyCorrected } from '../decisions/usage/correct-subsidies.ts';
import { FoundUses } from '../projections/found-uses.ts';
import { Payers } from '../streams/payers.ts';

type Corrected = Recorded<EventOf<typeof UsageCorrected>>;

@Controller()
export class WhenUsageCorrectedCorrectSubsidies {
  constructor(
    private readonly payers: Payers,
    private readonly uses: FoundUses,
  ) {}

  /**
   * Corrects what developers pay for uses that their apps sell below the cost of the model, in the
   * order of the corrections, and after it was charged first.
   */
  @Policy({ name: 'when-usage-corrected-correct-subsidies', from: meteringCatalogue, on: ['UsageCorrected'] })
  correctSubsidies({ data }: Corrected, reaction: Reaction) {
    const subsidised = data.corrections.filter(({ subsidy }) => subsidy !== undefined && subsidy.tokens !== 0n);
    return Promise.all(subsidised.map((correction) => this.correct(correction, reaction)));
  }

  private async correct(correction: Correction, reaction: Reaction) {
    const { usageId, subsidy, time } = correction;
    const { partyId: developerId, was, after } = subsidy!;
    const ownId = derivedId('usg', subsidySource, usageId);
    const isFirst = after === 0 && was > 0n;
    if (isFirst && !(await this.uses.isRated(ownId, { partyId: developerId, usedAt: Date.parse(time) }))) {
      throw new NotYet(`the subsidy of ${usageId} is not charged yet`);
    }
    const keys = [correctionKeyOf(ownId)];
    const command = reaction.to(payerStreamOf(developerId), { developerId, correction }, usageId);
    try {
      return await this.payers.handle(correctSubsidy, { ...command, keys });
    } catch (error) {
      if (error instanceof SubsidyCorrected) return undefined;
      throw error;
    }
  }
}

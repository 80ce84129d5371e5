import { Injectable } from '@nestjs/common';
import { notFound, type Principal } from '@tokengrid/service';
import type { OfferFacts } from '../rate-card/facts.ts';
import { RateCard } from '../rate-card/rate-card.ts';

/** Filters of a request. */
export interface Asked {
  readonly party?: string | undefined;
  readonly app?: string | undefined;
  readonly model?: string | undefined;
}

/** Rows that a caller may see, beside its filters: those of one payer, or of all. */
export interface Visible {
  readonly partyId: string | undefined;
}

/** Visibility of usage and charges. */
@Injectable()
export class Visibility {
  constructor(private readonly rateCard: RateCard) {}

  /**
   * The operator sees all. A developer filtering by its own app sees all of its charges and use, a
   * provider filtering by a model that nobody else offers all of its use. Everyone else sees what
   * they pay for.
   * @throws ProblemError 404 for another party's
   */
  async of(
    { kind, partyId }: Pick<Principal, 'kind' | 'partyId'>,
    asked: Asked,
    list: 'charges' | 'usage',
  ): Promise<Visible> {
    const { party, app, model } = asked;
    if (kind === 'operator') return { partyId: party };
    if (app !== undefined || model !== undefined) {
      const facts = await this.rateCard.factsAbout([{ app, model }]);
      if (app !== undefined && facts.apps.get(app)?.developerId === partyId) return { partyId: party };
      const isProvider = model !== undefined && isOnlyProvider(facts.models.get(model), partyId);
      if (isProvider && list === 'usage') return { partyId: party };
    }
    if (party !== undefined && party !== partyId) throw notFound(`no such party of yours: ${party}`);
    return { partyId };
  }
}

/** True if all offers of a model are the party's: others' use is not visible to it. */
function isOnlyProvider(offers: readonly OfferFacts[] | undefined, partyId: string): boolean {
  return offers !== undefined && offers.every(({ providerId }) => providerId === partyId);
}

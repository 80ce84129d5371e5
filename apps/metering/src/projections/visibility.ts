import { Injectable } from '@nestjs/common';
import { notFound, type Principal } from '@tokengrid/service';
import { RateCard } from '../rate-card/rate-card.ts';

/** What a caller asks for. */
export interface Asked {
  readonly party?: string | undefined;
  readonly app?: string | undefined;
  readonly model?: string | undefined;
}

/** Whose rows a caller is shown; all that is set has to hold. */
export interface Visible {
  readonly partyId?: string | undefined;
  readonly developerId?: string;
  readonly providerId?: string;
}

/** Who may see which usage and charges. */
@Injectable()
export class Visibility {
  constructor(private readonly rateCard: RateCard) {}

  /**
   * The operator sees all. A developer that asks for an app of its own, or a provider that asks for a model of its own, sees all use of
   * that. Everybody else sees what it pays for itself.
   * @throws ProblemError 404 for another party's
   */
  async of({ kind, partyId }: Principal, { party, app, model }: Asked): Promise<Visible> {
    if (kind === 'operator') return { partyId: party };
    if (app !== undefined || model !== undefined) {
      const facts = await this.rateCard.factsAbout([{ app, model }]);
      if (app !== undefined && facts.apps.get(app)?.developerId === partyId)
        return { partyId: party, developerId: partyId };
      if (model !== undefined && facts.models.get(model)?.providerId === partyId) {
        return { partyId: party, providerId: partyId };
      }
    }
    if (party !== undefined && party !== partyId) throw notFound(`there is no party ${party} of yours`);
    return { partyId };
  }
}

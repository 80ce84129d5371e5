import { Injectable } from '@nestjs/common';
import { notFound, type Principal } from '@tokengrid/service';
import { RateCard } from '../rate-card/rate-card.ts';

/** Filters of a request. */
export interface Asked {
  readonly party?: string | undefined;
  readonly app?: string | undefined;
  readonly model?: string | undefined;
}

/** Rows that a caller may see; all fields that are set have to match. */
export interface Visible {
  readonly partyId?: string | undefined;
  readonly developerId?: string;
  readonly providerId?: string;
}

/** Visibility of usage and charges. */
@Injectable()
export class Visibility {
  constructor(private readonly rateCard: RateCard) {}

  /**
   * The operator sees all. A developer filtering by its own app, or a provider filtering by its own
   * model, sees all of its use. Everyone else sees what they pay for.
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
    if (party !== undefined && party !== partyId) throw notFound(`no such party of yours: ${party}`);
    return { partyId };
  }
}

import { modelName, partyId, slug } from '@tokengrid/contracts';
import { sentTimeOrDay } from '@tokengrid/service';

/** Query parameters that select uses by who pays for what. */
export const ofUse = {
  party: partyId.optional().meta({ description: 'Id of the paying party' }),
  app: slug.optional().meta({ description: 'Slug of the app' }),
  model: modelName.optional().meta({ description: 'Name of the model' }),
};

/** Query parameters that select uses by their time. */
export const timeOfUse = {
  from: sentTimeOrDay.optional().meta({ description: 'Used at this time or later' }),
  to: sentTimeOrDay.optional().meta({ description: 'Used before this time' }),
};

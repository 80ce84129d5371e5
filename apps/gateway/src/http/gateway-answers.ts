import { type GatewayEvent, instantOf } from '@tokengrid/contracts';
import type { Answers } from '@tokengrid/service';

/** Answers of events to callers: neither what is served nor health is a command of a caller. */
export const gatewayAnswers: Answers<GatewayEvent> = {
  SliceWanted: 'silent',
  UsesServed: 'silent',
  SliceReturned: 'silent',
  OfferCredentialsSet: ({ data: { modelId, by }, time }) => ({
    status: 200,
    body: { modelId, status: 'set', setAt: instantOf(time), by },
  }),
  OfferTripped: 'silent',
  OfferRecovered: 'silent',
  CallerKeyPublished: 'silent',
};

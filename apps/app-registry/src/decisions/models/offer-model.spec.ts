import { describe, it } from '@jest/globals';
import {
  ModelOffered,
  ModelRefused,
  ModelReinstated,
  ModelRejected,
  ModelSubmitted,
  ModelSuspended,
  ModelWithdrawn,
} from '@tokengrid/contracts';
import { givenFor, someContext } from '@tokengrid/kernel';
import { model } from '../state/model.ts';
import { approveModel } from './approve-model.ts';
import { offerModel } from './offer-model.ts';
import { reinstateModel } from './reinstate-model.ts';
import { rejectModel } from './reject-model.ts';
import { suspendModel } from './suspend-model.ts';
import { withdrawModel } from './withdraw-model.ts';
import { modelId, offer, offered } from '../examples.fixture.ts';

const given = givenFor(model);
const now = someContext.time;
const command = { ...offer, minimumBps: 500, takenName: undefined };
const { name, providerId } = offer;
const ofOffer = { modelId, name, providerId };
const submitted = ModelSubmitted(offer);
const isNot = (modelStatus: 'pending' | 'rejected' | 'offered' | 'suspended' | 'withdrawn', allowed: string[]) =>
  ModelRefused({ modelId, code: 'APP_REGISTRY.MODEL_IN_OTHER_STATE', modelStatus, allowed: allowed as never });

describe('offering a model', () => {
  it('puts its first prices in force at once', () => given().when(offerModel, command).then(offered(now)));

  it('refuses a name that looks like that of another model', () =>
    given()
      .when(offerModel, { ...command, takenName: 'qwen-7ob' })
      .then(ModelRefused({ modelId, code: 'APP_REGISTRY.MODEL_NAME_CONFUSABLE', takenName: 'qwen-7ob' })));

  it('refuses to make an offer twice', () =>
    given(offered(now))
      .when(offerModel, command)
      .then(ModelRefused({ modelId, code: 'APP_REGISTRY.MODEL_EXISTS' })));

  it("waits for the operator with a share of the operator's that is below its minimum", () =>
    given()
      .when(offerModel, { ...command, minimumBps: 501 })
      .then(submitted));

  it('is in force from its approval on', () =>
    given(submitted)
      .when(approveModel, { modelId })
      .then(ModelOffered({ ...offer, priceVersion: 1, effectiveFrom: new Date(now).toISOString() })));

  it('ends with its rejection', () => {
    const rejected = ModelRejected({ ...ofOffer, reasons: ['too low'] });
    given(submitted)
      .when(rejectModel, { modelId, reasons: ['too low'] })
      .then(rejected);
    given(submitted, rejected)
      .when(approveModel, { modelId })
      .then(isNot('rejected', ['pending']));
  });
});

describe('an offer', () => {
  it('is suspended and reinstated', () => {
    given(offered(now)).when(suspendModel, { modelId }).then(ModelSuspended(ofOffer));
    given(offered(now), ModelSuspended(ofOffer)).when(reinstateModel, { modelId }).then(ModelReinstated(ofOffer));
    given(offered(now), ModelSuspended(ofOffer), ModelReinstated(ofOffer))
      .when(reinstateModel, { modelId })
      .then(isNot('offered', ['suspended']));
  });

  it('is withdrawn for good, suspended or not', () => {
    const withdrawn = ModelWithdrawn(ofOffer);
    given(offered(now)).when(withdrawModel, { modelId }).then(withdrawn);
    given(offered(now), ModelSuspended(ofOffer)).when(withdrawModel, { modelId }).then(withdrawn);
    given(offered(now), withdrawn)
      .when(reinstateModel, { modelId })
      .then(isNot('withdrawn', ['suspended']));
    given(offered(now), withdrawn)
      .when(withdrawModel, { modelId })
      .then(isNot('withdrawn', ['offered', 'suspended']));
  });
});

import { describe, it } from '@jest/globals';
import { ModelRefused } from '@tokengrid/contracts';
import { givenFor, someContext } from '@tokengrid/kernel';
import { model } from '../state/model.ts';
import { offerModel } from './offer-model.ts';
import { modelId, offer, offered } from '../examples.fixture.ts';

const given = givenFor(model);
const now = someContext.time;
const command = { ...offer, minimumBps: 500, reservation: 'reserved' as const };
type Refusal = Omit<Parameters<typeof ModelRefused>[0], 'modelId'>;
const refused = (code: Refusal['code'], facts: Partial<Refusal> = {}) => ModelRefused({ modelId, ...facts, code });

describe('offering a model', () => {
  it('puts its first prices in force at once', () => given().when(offerModel, command).then(offered(now)));

  it('refuses a name that another model has', () =>
    given(offered(now))
      .when(offerModel, { ...command, reservation: { refused: 'APP_REGISTRY.MODEL_NAME_TAKEN' } })
      .then(refused('APP_REGISTRY.MODEL_NAME_TAKEN')));

  it('refuses what was given up', () => {
    const lapsed = refused('APP_REGISTRY.RESERVATION_LAPSED');
    given(lapsed).when(offerModel, command).then(lapsed);
  });

  it('refuses to offer a model twice', () =>
    given(offered(now)).when(offerModel, command).then(refused('APP_REGISTRY.MODEL_EXISTS')));

  it("refuses a share of the operator's that is below its minimum", () =>
    given()
      .when(offerModel, { ...command, minimumBps: 501 })
      .then(refused('APP_REGISTRY.SHARE_BELOW_MINIMUM', { minimumBps: 501 })));
});

import { describe, it } from '@jest/globals';
import { ModelRefused } from '@tokengrid/contracts';
import { givenFor, someContext } from '@tokengrid/kernel';
import { model } from '../state/model.ts';
import { offerModel } from './offer-model.ts';
import { modelId, offer, offered } from '../examples.fixture.ts';

const given = givenFor(model);
const now = someContext.time;
const command = { ...offer, minimumBps: 500, reservation: 'reserved' as const };
const refused = (code: string, detail: string) => ModelRefused({ modelId, code, detail });

describe('offering a model', () => {
  it('puts its first prices in force at once', () => given().when(offerModel, command).then(offered(now)));

  it('refuses a name that another model has', () =>
    given(offered(now))
      .when(offerModel, { ...command, reservation: { refused: 'APP_REGISTRY.MODEL_NAME_TAKEN' } })
      .then(refused('APP_REGISTRY.MODEL_NAME_TAKEN', 'another model has this name')));

  it('refuses what was given up', () => {
    const lapsed = refused(
      'APP_REGISTRY.RESERVATION_LAPSED',
      'the request was interrupted for too long; send it again with a new Idempotency-Key',
    );
    given(lapsed).when(offerModel, command).then(lapsed);
  });

  it('refuses to offer a model twice', () =>
    given(offered(now))
      .when(offerModel, command)
      .then(refused('APP_REGISTRY.MODEL_EXISTS', 'the model is on offer already')));

  it("refuses a share of the operator's that is below its minimum", () =>
    given()
      .when(offerModel, { ...command, minimumBps: 501 })
      .then(
        refused(
          'APP_REGISTRY.SHARE_BELOW_MINIMUM',
          "operatorBps has to be at least 501 without the operator's approval",
        ),
      ));
});

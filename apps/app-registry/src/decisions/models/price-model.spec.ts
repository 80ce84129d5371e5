import { describe, it } from '@jest/globals';
import { instantOf, ModelPriced, ModelRefused } from '@tokengrid/contracts';
import { givenFor, someContext } from '@tokengrid/kernel';
import { model } from '../state/model.ts';
import { priceModel } from './price-model.ts';
import { modelId, offer, offered } from '../examples.fixture.ts';

const given = givenFor(model);
const now = someContext.time;
const prices = [{ meter: 'output_tokens', unitPrice: '13' }];
const price = { modelId, prices, effectiveFrom: undefined };
const priced = (priceVersion: number, effectiveFrom: number, operatorBps = offer.operatorBps) =>
  ModelPriced({
    modelId,
    name: offer.name,
    providerId: offer.providerId,
    prices,
    operatorBps,
    priceVersion,
    effectiveFrom: instantOf(effectiveFrom),
  });

describe('pricing a model', () => {
  it('puts the next prices in force at once', () =>
    given(offered(now - 9))
      .when(priceModel, price)
      .then(priced(2, now)));

  it('puts them in force later, if asked', () =>
    given(offered(now - 9), priced(2, now - 5))
      .when(priceModel, { ...price, effectiveFrom: now + 7 })
      .then(priced(3, now + 7)));

  it('never puts them in force in the past', () =>
    given(offered(now - 9))
      .when(priceModel, { ...price, effectiveFrom: now - 7 })
      .then(priced(2, now)));

  it('refuses where there is no model', () =>
    given()
      .when(priceModel, price)
      .then(ModelRefused({ modelId, code: 'NOT_FOUND' })));

  it('refuses to come before prices that are scheduled', () => {
    const scheduled = now + 3_600_000;
    given(offered(now - 9), priced(2, scheduled))
      .when(priceModel, price)
      .then(
        ModelRefused({
          modelId,
          code: 'APP_REGISTRY.PRICES_TOO_EARLY',
          scheduledFor: instantOf(scheduled),
        }),
      );
  });

  it("takes another share of the operator's from then on, and none below its minimum but the one before", () => {
    const below = { ...price, minimumBps: 600 };
    given(offered(now - 9))
      .when(priceModel, { ...below, operatorBps: 700 })
      .then(priced(2, now, 700));
    given(offered(now - 9))
      .when(priceModel, { ...below, operatorBps: 500 })
      .then(priced(2, now, 500));
    given(offered(now - 9))
      .when(priceModel, { ...below, operatorBps: 499 })
      .then(ModelRefused({ modelId, code: 'APP_REGISTRY.SHARE_BELOW_MINIMUM', minimumBps: 600 }));
  });
});

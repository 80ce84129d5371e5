import { describe, expect, it } from '@jest/globals';
import { instantOf, ModelPriced, ModelPriceWithdrawn, ModelRefused } from '@tokengrid/contracts';
import { givenFor, someContext } from '@tokengrid/kernel';
import { model, mostAnnounced, mostToCome } from '../state/model.ts';
import { priceModel } from './price-model.ts';
import { withdrawModelPrice } from './withdraw-model-price.ts';
import { modelId, offer, offered } from '../examples.fixture.ts';

const given = givenFor(model);
const now = someContext.time;
const hour = 3_600_000;
const { name, providerId, operatorBps } = offer;
const prices = [{ meter: 'output_tokens', unitPrice: '13' }];
const priced = (priceVersion: number, from: number) =>
  ModelPriced({ modelId, name, providerId, prices, operatorBps, priceVersion, effectiveFrom: instantOf(from) });
const withdrawn = (priceVersion: number) => ModelPriceWithdrawn({ modelId, name, providerId, priceVersion });
const withdraw = (priceVersion: number) => ({ modelId, priceVersion });
type Refusal = Omit<Parameters<typeof ModelRefused>[0], 'modelId'>;
const refused = (code: Refusal['code'], facts: Partial<Refusal> = {}) => ModelRefused({ modelId, ...facts, code });
const inForce = (priceVersion: number) => refused('APP_REGISTRY.PRICE_IN_FORCE', { priceVersion });
const announced = [offered(now - 9), priced(2, now + hour)];

describe("withdrawing a model's prices", () => {
  it('takes back what was announced, until the very moment in which it is in force', () => {
    const at = (time: number) => given(...announced).when(withdrawModelPrice, withdraw(2), { ...someContext, time });
    at(now + hour - 1).then(withdrawn(2));
    at(now + hour).then(inForce(2));
  });

  it('is refused for the first prices, and for all whose time has come, whatever is in force by now', () => {
    given(...announced)
      .when(withdrawModelPrice, withdraw(1))
      .then(inForce(1));
    const long = Array.from({ length: mostAnnounced + 5 }, (_, index) => priced(index + 2, now - 8 + index / 1000));
    given(offered(now - 9), ...long)
      .when(withdrawModelPrice, withdraw(2))
      .then(inForce(2));
  });

  it('is refused for what there is not, and for what was withdrawn', () => {
    given().when(withdrawModelPrice, withdraw(1)).then(refused('NOT_FOUND'));
    given(...announced)
      .when(withdrawModelPrice, withdraw(3))
      .then(refused('NOT_FOUND', { priceVersion: 3 }));
    given(...announced, withdrawn(2))
      .when(withdrawModelPrice, withdraw(2))
      .then(refused('APP_REGISTRY.PRICE_WITHDRAWN', { priceVersion: 2 }));
  });

  it('is remembered until the time would have come, of a thousand at most', () => {
    const times = Array.from({ length: mostToCome }, (_, index) => index + 2);
    const gone = times.flatMap((version) => [priced(version, now + version), withdrawn(version)]);
    const full = given(offered(now - 9), ...gone);
    const price = { modelId, prices, effectiveFrom: now + hour };
    full.when(priceModel, price).then(refused('APP_REGISTRY.TOO_MANY_PRICES'));
    full.when(withdrawModelPrice, withdraw(2)).then(refused('APP_REGISTRY.PRICE_WITHDRAWN', { priceVersion: 2 }));
    const later = { ...someContext, time: now + 2 };
    full.when(withdrawModelPrice, withdraw(2), later).then(inForce(2));
    full.when(priceModel, price, later).then(priced(mostToCome + 2, now + hour));
    const last = mostToCome + 2;
    const more = given(offered(now - 9), ...gone, priced(last, now + hour), withdrawn(last));
    expect(more.state).toMatchObject({ withdrawn: { length: mostToCome } });
  });

  it('makes room for others at its time or before it', () => {
    const price = { modelId, prices, effectiveFrom: undefined };
    given(...announced, withdrawn(2))
      .when(priceModel, price)
      .then(priced(3, now));
    given(...announced, withdrawn(2))
      .when(priceModel, { ...price, effectiveFrom: now + hour })
      .then(priced(3, now + hour));
  });

  it('leaves the others that were announced where they are', () => {
    const both = [...announced, priced(3, now + 2 * hour)];
    const price = { modelId, prices, effectiveFrom: undefined };
    const follow = (from: number) => refused('APP_REGISTRY.PRICES_TOO_EARLY', { scheduledFor: instantOf(from) });
    given(...both, withdrawn(2))
      .when(priceModel, price)
      .then(follow(now + 2 * hour));
    given(...both, withdrawn(3))
      .when(priceModel, price)
      .then(follow(now + hour));
  });

  it('makes room where as many are announced as may be', () => {
    const full = Array.from({ length: mostAnnounced }, (_, index) => priced(index + 2, now + hour + index));
    const price = { modelId, prices, effectiveFrom: now + 2 * hour };
    given(offered(now - 9), ...full)
      .when(priceModel, price)
      .then(refused('APP_REGISTRY.TOO_MANY_PRICES'));
    given(offered(now - 9), ...full, withdrawn(2))
      .when(priceModel, price)
      .then(priced(mostAnnounced + 2, now + 2 * hour));
    given(offered(now - 9), ...full)
      .when(withdrawModelPrice, withdraw(2))
      .then(withdrawn(2));
  });
});

import { expect, it } from '@jest/globals';
import { Registry } from 'prom-client';
import { breakerRules } from './breaker.ts';
import { OfferMetrics } from './offer-metrics.ts';
import { OffersHealth } from './offers-health.ts';

it('metrics have the health and the latency of the offers that were called', async () => {
  const [health, registry] = [new OffersHealth(breakerRules), new Registry()];
  new OfferMetrics(health, registry);
  health.tell('mod_a', { kind: 'delivered', firstUnitMs: 250 }, 0);
  health.tell('mod_b', { kind: 'busy', retryAfterMs: 1000 }, 0);
  const lines = (await registry.metrics()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  expect(lines).toEqual([
    'offer_open{offer="mod_b"} 1',
    'offer_open{offer="mod_a"} 0',
    'offer_first_unit_seconds{offer="mod_a"} 0.25',
  ]);
});

import { Injectable } from '@nestjs/common';
import { Gauge, Registry } from 'prom-client';
import { OffersHealth } from './offers-health.ts';

/** Metrics of the offers that this process has called: their breakers and latencies. */
@Injectable()
export class OfferMetrics {
  constructor(health: OffersHealth, registry: Registry) {
    const labelNames = ['offer'] as const;
    new Gauge({
      ...{ name: 'offer_open', help: '1 while the breaker of an offer is open or half-open, else 0' },
      ...{ labelNames, registers: [registry] },
      collect() {
        this.reset();
        for (const [offer, { breaker }] of health.all()) this.set({ offer }, breaker.state === 'open' ? 1 : 0);
      },
    });
    new Gauge({
      ...{ name: 'offer_first_unit_seconds', help: 'mean time to the first unit of the last answers of an offer' },
      ...{ labelNames, registers: [registry] },
      collect() {
        this.reset();
        for (const [offer, { firstUnitMs }] of health.all())
          if (firstUnitMs !== undefined) this.set({ offer }, firstUnitMs / 1000);
      },
    });
  }
}

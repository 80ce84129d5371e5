import { Injectable } from '@nestjs/common';
import type { GatewayEvent } from '@tokengrid/contracts';
import { streamsOf } from '@tokengrid/service';
import { type Offer, offer } from '../decisions/state/offer.ts';

/** The streams of offers at the edge, `offer-<modelId>`. */
@Injectable()
export class Offers extends streamsOf<Offer, GatewayEvent>(offer) {}

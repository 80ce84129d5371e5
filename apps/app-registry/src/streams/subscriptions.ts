import { Injectable } from '@nestjs/common';
import type { AppRegistryEvent } from '@tokengrid/contracts';
import { streamsOf } from '@tokengrid/service';
import { type Subscription, subscription } from '../decisions/state/subscription.ts';

/** The streams of parties' subscriptions, one for each party and app. */
@Injectable()
export class Subscriptions extends streamsOf<Subscription, AppRegistryEvent>(subscription) {}

import { Injectable } from '@nestjs/common';
import type { WalletEvent } from '@tokengrid/contracts';
import { streamsOf } from '@tokengrid/service';
import { type Capacity, capacity } from '../decisions/state/capacity.ts';
import type { WalletLane } from '../decisions/state/wallet-lane.ts';

/** The stream of the operator's capacity. */
@Injectable()
export class CapacityStream extends streamsOf<Capacity, WalletEvent, WalletLane>(capacity) {}

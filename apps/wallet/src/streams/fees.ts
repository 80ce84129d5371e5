import { Injectable } from '@nestjs/common';
import type { WalletEvent } from '@tokengrid/contracts';
import { streamsOf } from '@tokengrid/service';
import { type Fees, fees } from '../decisions/state/fees.ts';
import type { WalletLane } from '../decisions/state/wallet-lane.ts';

/** The stream of fee retirements. */
@Injectable()
export class FeesStream extends streamsOf<Fees, WalletEvent, WalletLane>(fees) {}

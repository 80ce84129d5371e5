import { Injectable } from '@nestjs/common';
import type { WalletEvent } from '@tokengrid/contracts';
import { laneStreamsOf } from '@tokengrid/service';
import { type WalletLane, walletLane } from '../decisions/state/wallet-lane.ts';

/** The lanes' own streams. */
@Injectable()
export class Lanes extends laneStreamsOf<WalletLane, WalletEvent, WalletLane>(walletLane) {}

import { Injectable } from '@nestjs/common';
import type { WalletEvent } from '@tokengrid/contracts';
import { streamsOf } from '@tokengrid/service';
import { type TokenPriceList, tokenPrices } from '../decisions/state/token-prices.ts';
import type { WalletLane } from '../decisions/state/wallet-lane.ts';

/** The one stream of the prices that the operator posts. */
@Injectable()
export class TokenPriceStream extends streamsOf<TokenPriceList, WalletEvent, WalletLane>(tokenPrices) {}

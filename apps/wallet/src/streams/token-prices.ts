import { Injectable } from '@nestjs/common';
import type { WalletEvent } from '@tokengrid/contracts';
import { streamsOf } from '@tokengrid/service';
import { type TokenPriceList, tokenPrices } from '../decisions/state/token-prices.ts';
import type { WalletLane } from '../decisions/state/wallet-lane.ts';

/** The stream of the operator's posted prices. */
@Injectable()
export class TokenPriceStream extends streamsOf<TokenPriceList, WalletEvent, WalletLane>(tokenPrices) {}

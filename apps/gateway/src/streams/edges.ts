import { Injectable } from '@nestjs/common';
import type { GatewayEvent } from '@tokengrid/contracts';
import { streamsOf } from '@tokengrid/service';
import { type Edge, edge } from '../decisions/state/edge.ts';

/** The streams of payers at the network's edge, `edge-<partyId>`. */
@Injectable()
export class Edges extends streamsOf<Edge, GatewayEvent>(edge) {}

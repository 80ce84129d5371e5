import { Injectable } from '@nestjs/common';
import type { GatewayEvent } from '@tokengrid/contracts';
import { streamsOf } from '@tokengrid/service';
import { callerKeys, type CallerKeys as State } from '../decisions/state/caller-keys.ts';

/** The stream `caller-keys`. */
@Injectable()
export class CallerKeys extends streamsOf<State, GatewayEvent>(callerKeys) {}

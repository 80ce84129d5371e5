import { Injectable } from '@nestjs/common';
import type { MeteringEvent } from '@tokengrid/contracts';
import { streamsOf } from '@tokengrid/service';
import { type UsageAlerts, usageAlerts } from '../decisions/state/usage-alerts.ts';

/** The streams of the alerts that parties have set, `alerts-<partyId>`. */
@Injectable()
export class UsageAlertStreams extends streamsOf<UsageAlerts, MeteringEvent>(usageAlerts) {}

import { Inject, Injectable } from '@nestjs/common';
import { serviceConfig } from '@tokengrid/service';
import type { GatewayConfig } from '../config.ts';
import { Connections } from '../upstream/connections.ts';
import { guardedConnector } from './guarded-connector.ts';

/** Connections to providers and apps: to public addresses, and the origins of the setting. */
@Injectable()
export class GuardedConnections extends Connections {
  readonly connect: ReturnType<typeof guardedConnector>;

  constructor(@Inject(serviceConfig) { allowedEndpoints }: Pick<GatewayConfig, 'allowedEndpoints'>) {
    super();
    this.connect = guardedConnector(allowedEndpoints);
  }
}

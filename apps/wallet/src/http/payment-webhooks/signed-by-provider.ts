import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { StorageClock } from '@tokengrid/event-store';
import { bodyBytesOf, serviceConfig, unauthenticated } from '@tokengrid/service';
import type { FastifyRequest } from 'fastify';
import type { WalletConfig } from '../../config.ts';
import { refuteWebhook } from '../../payments/webhook-signature.ts';

/**
 * Admits requests signed by the payment provider, before their content is read. Without a secret it
 * admits nothing.
 */
@Injectable()
export class SignedByProvider implements CanActivate {
  constructor(
    @Inject(serviceConfig) private readonly settings: Pick<WalletConfig, 'paymentWebhookSecret'>,
    private readonly clock: StorageClock,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const { paymentWebhookSecret: secret } = this.settings;
    if (secret === undefined) throw unauthenticated('no payment provider is configured');
    const doubt = refuteWebhook(secret, request.headers, bodyBytesOf(request), this.clock.now());
    if (doubt !== undefined) throw unauthenticated(doubt);
    return true;
  }
}

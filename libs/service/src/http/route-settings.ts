import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';
import type { Access } from '../auth/access-rule.ts';

/** What a route says about itself beyond its path, in Fastify's route config. */
export interface RouteSettings {
  readonly access?: Access;
  /** `batch`: bodies up to `batchBodyLimitBytes` instead of `bodyLimitBytes`. */
  readonly bodies?: 'batch';
  /** The body is kept as it came, too: see {@link bodyBytesOf}. */
  readonly keepsBytes?: true;
  /** Media types that a read can be answered in, the usual one first; JSON unless said. */
  readonly produces?: readonly string[];
}

declare module 'fastify' {
  interface FastifyContextConfig extends RouteSettings {
    /** Names the route in metrics: `POST /v1/wallets/:walletId/transfers`. */
    readonly routeName?: string;
  }
}

/** Adds a setting to a route; several decorators on one method add up. */
export function routeSetting(setting: RouteSettings): MethodDecorator {
  return (target, name, descriptor) => {
    const { KEY } = RouteConfig({});
    const earlier: RouteSettings = Reflect.getMetadata(KEY, descriptor.value as object) ?? {};
    RouteConfig({ ...earlier, ...setting })(target, name, descriptor);
  };
}

/** The route takes bodies up to `batchBodyLimitBytes` (8 MiB by default). */
export const BatchBodies = (): MethodDecorator => routeSetting({ bodies: 'batch' });

/** The route's body is kept as the bytes that came, for a signature over them. */
export const KeepsBytes = (): MethodDecorator => routeSetting({ keepsBytes: true });

/** The route, a read, answers in these media types: see `@Accepted()`. */
export const Produces = (...produces: readonly string[]): MethodDecorator => routeSetting({ produces });

/** The body as it came. @throws Error for a route that does not say {@link KeepsBytes} */
export function bodyBytesOf({ bodyBytes, routeOptions }: FastifyRequest): Buffer {
  if (!routeOptions.config.keepsBytes)
    throw new Error(`${routeOptions.config.routeName} does not keep its body's bytes`);
  return bodyBytes ?? Buffer.alloc(0);
}

import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';
import type { Access } from '../auth/access-rule.ts';
import type { ForeignApi } from './foreign-api.ts';

/** Settings of a route, in Fastify's route config. */
export interface RouteSettings {
  readonly access?: Access;
  /** `batch`: bodies up to `batchBodyLimitBytes` instead of `bodyLimitBytes`. */
  readonly bodies?: 'batch';
  /** The raw body is kept, too: see {@link bodyBytesOf}. */
  readonly keepsBytes?: true;
  /** Media types of a read's answer, the default one first; JSON if absent. */
  readonly produces?: readonly string[];
  /** The API of others that the route follows. */
  readonly foreign?: ForeignApi;
  /** True if the handler has a `@Query`: other reads refuse every query. */
  readonly takesQuery?: boolean;
  /** The handler passes requests on: see {@link PassesOn}. */
  readonly passes?: true;
}

declare module 'fastify' {
  interface FastifyContextConfig extends RouteSettings {
    /** Name of the route in metrics: `POST /v1/wallets/:walletId/transfers`. */
    readonly routeName?: string;
  }
}

/** Adds a setting to a route; settings of several decorators on one method are merged. */
export function routeSetting(setting: RouteSettings): MethodDecorator {
  return (target, name, descriptor) => {
    const { KEY } = RouteConfig({});
    const earlier: RouteSettings = Reflect.getMetadata(KEY, descriptor.value as object) ?? {};
    // Decorators of parameters run before those of their method.
    const takesQuery = hasQuery(target, name);
    RouteConfig({ ...earlier, ...setting, takesQuery })(target, name, descriptor);
  };
}

function hasQuery({ constructor }: object, method: string | symbol): boolean {
  const parameters: object = Reflect.getMetadata(ROUTE_ARGS_METADATA, constructor, method) ?? {};
  return Object.keys(parameters).some((key) => key.startsWith(`${RouteParamtypes.QUERY}:`));
}

/** Raises the route's body limit to `batchBodyLimitBytes` (8 MiB by default). */
export const BatchBodies = (): MethodDecorator => routeSetting({ bodies: 'batch' });

/** Keeps the route's raw body, for a signature over it. */
export const KeepsBytes = (): MethodDecorator => routeSetting({ keepsBytes: true });

/**
 * Declares that a handler passes requests on to others as they are: any query, headers and body,
 * which the handler reads itself from `request.raw`. The route takes upgrades to WebSockets, too.
 */
export const PassesOn = (): MethodDecorator => routeSetting({ passes: true });

/** True if a handler passes requests on. */
export function passesOn(handler: object): boolean {
  const settings: RouteSettings | undefined = Reflect.getMetadata(RouteConfig({}).KEY, handler);
  return settings?.passes === true;
}

/** Lists the media types of a read: see `@Accepted()`. */
export const Produces = (...produces: readonly string[]): MethodDecorator => routeSetting({ produces });

/** The raw body. @throws Error for a route without {@link KeepsBytes} */
export function bodyBytesOf({ bodyBytes, routeOptions }: FastifyRequest): Buffer {
  if (!routeOptions.config.keepsBytes)
    throw new Error(`${routeOptions.config.routeName} does not keep its body's bytes`);
  return bodyBytes ?? Buffer.alloc(0);
}

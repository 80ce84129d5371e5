import type { DynamicModule, Type } from '@nestjs/common';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { Registry } from 'prom-client';
import { calendarOf } from './calendar.ts';
import type { BaseConfig } from './config/base-config.ts';
import { serviceAdapter } from './http/http-server.ts';
import { Drain } from './http/drain.ts';
import { refuseStrippingSchemas } from './http/strict-schemas.ts';
import { NestLogger } from './log/nest-logger.ts';
import { measureRequests, serviceMetrics } from './metrics.ts';
import { serveDocumentation } from './openapi/documentation.ts';
import type { OpenParts, Parts } from './parts.ts';
import { Start } from './start.ts';
import { openTracing } from './tracing/open-tracing.ts';
import { traceRequests } from './tracing/trace-requests.ts';
import { Tracing } from './tracing/tracing.ts';
import {
  endOfProcess,
  isDraining,
  openServiceParts,
  operatorCalendar,
  serviceConfig,
  serviceLog,
  serviceParts,
} from './tokens.ts';

/** Inputs of {@link runService}. */
export interface RunOptions {
  readonly name: string;
  /** The service's own module; imports `ServiceModule.with(…)`. */
  readonly module: Type;
  readonly config: BaseConfig;
  readonly log: Logger;
  readonly openParts: OpenParts;
}

/** A listening service. */
export interface RunningService {
  readonly app: NestFastifyApplication;
  /** `http://host:port` */
  readonly url: string;
  /**
   * Keeps serving for `drainMs`, unready and with `connection: close` on every answer; then stops
   * accepting, finishes running requests (503 after `shutdownTimeoutMs`), and closes the store, the
   * log and the database.
   */
  close(): Promise<void>;
}

/** Config, log, metrics and traces, for every module to inject. */
@Module({})
class Foundation {}

function foundation(
  { config, log, openParts }: RunOptions,
  metrics: Registry,
  start: Start,
  tracing: Tracing,
): DynamicModule {
  const values = [
    { provide: serviceConfig, useValue: config },
    { provide: operatorCalendar, useValue: calendarOf(config.operatorTimeZone) },
    { provide: serviceLog, useValue: log },
    { provide: openServiceParts, useValue: openParts },
    { provide: Registry, useValue: metrics },
    { provide: Start, useValue: start },
    { provide: Tracing, useValue: tracing },
    { provide: isDraining, useValue: () => start.draining },
    { provide: endOfProcess, useValue: start.end.signal },
  ];
  return { module: Foundation, global: true, providers: values, exports: values.map(({ provide }) => provide) };
}

/** Root of the module tree: the foundation, and the service. */
@Module({})
class Root {}

/** Starts a service in this process: opens its parts, starts its subscribers, listens. */
export async function runService(options: RunOptions): Promise<RunningService> {
  const { name, module, config, log } = options;
  const metrics = serviceMetrics(name);
  const adapter = serviceAdapter(config, log);
  const server = adapter.getInstance() as unknown as FastifyInstance;
  measureRequests(server, metrics);
  const tracing = await openTracing(name, config, log);
  traceRequests(server, tracing);
  const start = new Start();
  const drain = new Drain(server, log);
  const root: DynamicModule = { module: Root, imports: [foundation(options, metrics, start, tracing), module] };
  const app = await NestFactory.create<NestFastifyApplication>(root, adapter, {
    logger: new NestLogger(log),
    abortOnError: false,
    bodyParser: false,
  });
  try {
    for (const strategy of app.get<Parts>(serviceParts).transports) app.connectMicroservice({ strategy });
    serveDocumentation(app, name, config);
    await app.init();
    refuseStrippingSchemas(app);
    await app.startAllMicroservices();
    await app.listen(config.port, config.host);
  } catch (error) {
    await app.close();
    await tracing.close();
    throw error;
  }
  start.done = true;
  let closed: Promise<void> | undefined;
  const close = async () => {
    start.draining = true;
    if (config.drainMs > 0) await drain.run(app.getHttpServer(), config.drainMs);
    await closeWithin(app, config.shutdownTimeoutMs, () => {
      start.end.abort();
      drain.answerAll();
    });
    await tracing.close();
  };
  return { app, url: await app.getUrl(), close: () => (closed ??= close()) };
}

/** Interval of closing the connections whose last request was answered during shutdown. */
const reapEveryMs = 50;

/** Time from the last answers to the cut of what is left, such as streams without an end. */
const lastWordsMs = 1000;

/**
 * Closes the application. Whatever does not end in time is told so, and its connection is cut.
 * @param end tells it
 */
async function closeWithin(app: NestFastifyApplication, timeoutMs: number, end: () => void): Promise<void> {
  const server = app.getHttpServer();
  const reap = setInterval(() => server.closeIdleConnections(), reapEveryMs);
  const late = setTimeout(end, timeoutMs);
  const cut = setTimeout(() => server.closeAllConnections(), timeoutMs + lastWordsMs);
  try {
    await app.close();
  } finally {
    clearInterval(reap);
    clearTimeout(late);
    clearTimeout(cut);
  }
}

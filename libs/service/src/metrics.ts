import { Controller, Get } from '@nestjs/common';
import { ApiProduces } from '@nestjs/swagger';
import type { FastifyInstance } from 'fastify';
import { collectDefaultMetrics, Histogram, Registry } from 'prom-client';
import { Public } from './auth/access.ts';
import { HttpAnswer } from './http/answers.ts';
import { Responds } from './openapi/responds.ts';

/** Measures Node from the first time on that somebody asks: to watch the event loop is much of what an idle process does. */
class MetricsOnceAsked extends Registry {
  private asked = false;

  override metrics(): Promise<string> {
    // Every ten milliseconds, as usual, is more than it takes.
    if (!this.asked) collectDefaultMetrics({ register: this, eventLoopMonitoringPrecision: 100 });
    this.asked = true;
    return super.metrics();
  }
}

/** A service's metrics: Node's own, and whatever the event store, the bus and the HTTP server add to the registry. */
export function serviceMetrics(service: string): Registry {
  const registry = new MetricsOnceAsked();
  registry.setDefaultLabels({ service });
  return registry;
}

const bucketsSeconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Measures every request by route and status: `http_request_duration_seconds`. */
export function measureRequests(server: FastifyInstance, registry: Registry): void {
  const durations = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'time from the request to the end of its answer',
    labelNames: ['route', 'status'] as const,
    buckets: bucketsSeconds,
    registers: [registry],
  });
  // Labels are looked up once per route and status, not once per request.
  const series = new Map<string, Map<number, ReturnType<typeof durations.labels>>>();
  server.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.config?.routeName ?? 'unknown';
    let byStatus = series.get(route);
    if (byStatus === undefined) series.set(route, (byStatus = new Map()));
    let duration = byStatus.get(reply.statusCode);
    if (duration === undefined) {
      byStatus.set(reply.statusCode, (duration = durations.labels(route, String(reply.statusCode))));
    }
    duration.observe(reply.elapsedTime / 1000);
    done();
  });
}

/** For Prometheus. */
@Controller('metrics')
export class MetricsController {
  constructor(private readonly registry: Registry) {}

  /** Lists all metrics of the process. The format is Prometheus' text format. */
  @Get()
  @Public()
  @ApiProduces('text/plain')
  @Responds(200)
  async listMetrics(): Promise<HttpAnswer> {
    return new HttpAnswer(200, await this.registry.metrics(), { 'content-type': this.registry.contentType });
  }
}

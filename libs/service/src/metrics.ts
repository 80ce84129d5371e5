import { Controller, Get } from '@nestjs/common';
import { ApiProduces } from '@nestjs/swagger';
import type { FastifyInstance } from 'fastify';
import { collectDefaultMetrics, Histogram, Registry } from 'prom-client';
import { Public } from './auth/access.ts';
import { HttpAnswer } from './http/answers.ts';
import { Responds } from './openapi/responds.ts';

/**
 * Registry that measures Node from its first scrape on: watching the event loop is much of the work
 * of an idle process.
 */
class MetricsOnceAsked extends Registry {
  private asked = false;

  override metrics(): Promise<string> {
    // The default of ten milliseconds is more precision than needed.
    if (!this.asked) collectDefaultMetrics({ register: this, eventLoopMonitoringPrecision: 100 });
    this.asked = true;
    return super.metrics();
  }
}

/** Metrics of a service: Node's own, and those of the event store, the bus and the HTTP server. */
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
    help: 'time from a request to the end of its answer',
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

/** Metrics for Prometheus. */
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

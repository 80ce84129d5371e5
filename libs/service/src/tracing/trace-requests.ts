import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type Span, traceHeadersOf, type Tracing } from './tracing.ts';

/** Routes of supervisors, which ask every few seconds. */
const ofSupervisors = /^GET \/(health|metrics)(\/|$)/;

/**
 * Makes a span of each admitted request, in the trace of its `traceparent`. From then on the
 * request's `traceparent` is that of the span, so events and requests to others name it.
 */
export function traceRequests(server: FastifyInstance, tracing: Tracing): void {
  if (!tracing.isOn) return;
  const spans = new WeakMap<FastifyRequest, Span>();
  server.addHook('onRequest', (request, _reply, done) => {
    const { routeName = 'unknown' } = request.routeOptions.config;
    if (ofSupervisors.test(routeName)) return done();
    const span = tracing.begin(routeName, {
      kind: 'server',
      within: traceHeadersOf(request.headers),
      attributes: {
        'http.request.method': request.method,
        'http.route': request.routeOptions.url ?? '',
        'tokengrid.correlator': request.id,
      },
    });
    spans.set(request, span);
    Object.assign(request.headers, span.headers);
    done();
  });
  server.addHook('onResponse', (request, { statusCode }, done) => {
    const span = spans.get(request);
    span?.set({ 'http.response.status_code': statusCode });
    if (statusCode >= 500) span?.fail(String(statusCode));
    span?.end();
    done();
  });
}

import {
  type Context,
  defaultTextMapGetter,
  defaultTextMapSetter,
  type Span as ApiSpan,
  SpanKind,
  SpanStatusCode,
  ROOT_CONTEXT,
  trace,
  type Tracer,
} from '@opentelemetry/api';
import { setGlobalErrorHandler, W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import { type Span, type SpanAttributes, type SpanBegin, Tracing } from './tracing.ts';

/** Pause between two batches of spans. */
const sendEveryMs = 1000;
/** Maximum number of spans that wait to be sent; more are lost. */
const mostWaiting = 8192;
const mostSentAtOnce = 512;
/** Time limit for sending a batch. */
const sendTimeoutMs = 5000;

const kinds = { server: SpanKind.SERVER, client: SpanKind.CLIENT };
const propagator = new W3CTraceContextPropagator();

/** Inputs of {@link OpenTelemetry}. */
export interface OpenTelemetryOptions {
  readonly service: string;
  readonly instance: string;
  /** Address of the collector, without `/v1/traces`. */
  readonly endpoint: string;
  /** Share of new traces that are recorded, from 0 to 1. */
  readonly ratio: number;
  readonly failed: (error: unknown) => void;
}

/** Traces that are sent to a collector by OTLP over HTTP. Loaded only where tracing is on. */
export class OpenTelemetry extends Tracing {
  readonly isOn = true;
  private readonly provider: TracerProvider;
  private readonly tracer: Tracer;

  constructor({ service, instance, endpoint, ratio, failed }: OpenTelemetryOptions) {
    super();
    setGlobalErrorHandler(failed);
    const exporter = new OTLPTraceExporter({ url: `${endpoint.replace(/\/+$/, '')}/v1/traces` });
    this.provider = new TracerProvider({
      resource: resourceFromAttributes({
        'service.namespace': 'tokengrid',
        'service.name': service,
        'service.instance.id': instance,
      }),
      sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(ratio) }),
      spanProcessors: [
        new BatchSpanProcessor({
          exporter,
          scheduledDelayMillis: sendEveryMs,
          maxQueueSize: mostWaiting,
          maxExportBatchSize: mostSentAtOnce,
          exportTimeoutMillis: sendTimeoutMs,
        }),
      ],
    });
    this.tracer = this.provider.getTracer('tokengrid');
  }

  begin(name: string, { kind, within, attributes }: SpanBegin): Span {
    const parent = propagator.extract(ROOT_CONTEXT, within, defaultTextMapGetter);
    const span = this.tracer.startSpan(name, { kind: kinds[kind], attributes: copyOf(attributes) }, parent);
    return new RecordedSpan(span, trace.setSpan(parent, span));
  }

  async close(): Promise<void> {
    await this.provider.shutdown();
  }
}

class RecordedSpan implements Span {
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    private readonly span: ApiSpan,
    context: Context,
  ) {
    const headers: Record<string, string> = {};
    propagator.inject(context, headers, defaultTextMapSetter);
    this.headers = headers;
  }

  get isRecorded(): boolean {
    return this.span.isRecording();
  }

  set(attributes: SpanAttributes): void {
    this.span.setAttributes(copyOf(attributes));
  }

  fail(type: string): void {
    this.span.setAttribute('error.type', type).setStatus({ code: SpanStatusCode.ERROR });
  }

  end(): void {
    this.span.end();
  }
}

/** OpenTelemetry's types know no lists that are read only. */
const copyOf = (attributes: SpanAttributes) =>
  Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [name, typeof value === 'object' ? [...value] : value]),
  );

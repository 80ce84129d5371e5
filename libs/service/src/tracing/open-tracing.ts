import type { Logger } from 'pino';
import type { BaseConfig } from '../config/base-config.ts';
import { seldom } from '../log/seldom.ts';
import { NoTracing, type Tracing } from './tracing.ts';

/** Collector of this machine, as OpenTelemetry has it. */
const usualEndpoint = 'http://localhost:4318';
const repeatedErrorMs = 60_000;

/** Opens the traces of a process. Where they are off, nothing of OpenTelemetry is loaded. */
export async function openTracing(service: string, config: BaseConfig, log: Logger): Promise<Tracing> {
  const { otelExporterOtlpEndpoint: endpoint, otelTracesExporter: exporter } = config;
  if (exporter === 'none' || (exporter === undefined && endpoint === undefined)) return new NoTracing();
  const { OpenTelemetry } = await import('./open-telemetry.ts');
  const tellSeldom = seldom(repeatedErrorMs);
  return new OpenTelemetry({
    ...{ service, instance: config.serviceInstance, endpoint: endpoint ?? usualEndpoint },
    ratio: config.otelTracesSamplerArg,
    failed: (error) => tellSeldom('traces', () => log.warn({ err: error }, 'traces could not be sent')),
  });
}

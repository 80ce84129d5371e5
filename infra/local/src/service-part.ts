import { get } from 'node:http';
import { openPart } from './open-part.ts';
import type { PartHandle, PartOptions } from './open-part.ts';
import { serviceNodeOptions, serviceProgram } from './services.ts';

export interface ServiceInstance {
  readonly service: string;
  /** 1, 2, …: the address of the first one is the service's. */
  readonly number: number;
  readonly port: number;
  readonly env: NodeJS.ProcessEnv;
}

const healthTimeoutMs = 2000;

/** One process of a service. Ready when its `/health/ready` says so. */
export function openService(home: string, options: PartOptions, instance: ServiceInstance): PartHandle {
  const { service, number, port, env } = instance;
  return openPart(home, options, {
    name: number === 1 ? service : `${service}-${number}`,
    command: () =>
      Promise.resolve({
        file: process.execPath,
        args: [...serviceNodeOptions, serviceProgram(service)],
        options: { env: { ...env, PORT: String(port), SERVICE_INSTANCE: `${service}-${number}` } },
      }),
    isReady: () => isHealthy(`http://127.0.0.1:${port}/health/ready`),
    stopSignal: 'SIGTERM',
    stopTimeoutMs: 15_000,
    orphanSignal: 'SIGTERM',
  });
}

/** True if a process answers 200 at a URL. */
export function isHealthy(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    const request = get(url, { agent: false, timeout: healthTimeoutMs }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    request.on('timeout', () => request.destroy());
    request.on('error', () => resolve(false));
  });
}

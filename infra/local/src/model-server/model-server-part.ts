import { join } from 'node:path';
import { repositoryRoot } from '../home.ts';
import type { PartHandle, PartOptions } from '../open-part.ts';
import { openPart } from '../open-part.ts';
import { isHealthy } from '../service-part.ts';

/** Names, default ports and port variables of the model servers in a stack. */
export const modelServers = [
  { name: 'model-server-1', port: 8091, portVariable: 'MODEL_SERVER_1_PORT' },
  { name: 'model-server-2', port: 8092, portVariable: 'MODEL_SERVER_2_PORT' },
] as const;

const program = join(repositoryRoot, 'infra/local/dist/model-server/main.js');

/** The process of a model server for development, which serves models of any name. */
export function openModelServer(home: string, options: PartOptions, name: string, port: number): PartHandle {
  const env = { ...process.env, PORT: String(port), MODELS: '*', FIRST_UNIT_MS: '20', UNIT_MS: '2' };
  return openPart(home, options, {
    name,
    command: () =>
      Promise.resolve({ file: process.execPath, args: ['--enable-source-maps', program], options: { env } }),
    isReady: () => isHealthy(`http://127.0.0.1:${port}/health`),
    stopSignal: 'SIGTERM',
    stopTimeoutMs: 5000,
    orphanSignal: 'SIGTERM',
  });
}

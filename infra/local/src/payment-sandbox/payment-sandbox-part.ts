import { join } from 'node:path';
import { homePaths, repositoryRoot } from '../home.ts';
import type { PartHandle, PartOptions } from '../open-part.ts';
import { openPart } from '../open-part.ts';
import { isHealthy } from '../service-part.ts';

/** Name and default port of the sandbox in a stack. */
export const paymentSandbox = { name: 'payment-sandbox', port: 8090, portVariable: 'PAYMENT_SANDBOX_PORT' } as const;

/** Program of the sandbox. */
const program = join(repositoryRoot, 'infra/local/dist/payment-sandbox/main.js');

export interface PaymentSandboxPart {
  readonly port: number;
  readonly webhookUrl: string;
  readonly webhookSecret: string;
}

/** The process of the payment sandbox. */
export function openPaymentSandbox(home: string, options: PartOptions, part: PaymentSandboxPart): PartHandle {
  const { port, webhookUrl, webhookSecret } = part;
  const env = {
    ...process.env,
    PORT: String(port),
    BOOK: homePaths(home).payments,
    WEBHOOK_URL: webhookUrl,
    WEBHOOK_SECRET: webhookSecret,
  };
  return openPart(home, options, {
    name: paymentSandbox.name,
    command: () =>
      Promise.resolve({ file: process.execPath, args: ['--enable-source-maps', program], options: { env } }),
    isReady: () => isHealthy(`http://127.0.0.1:${port}/health`),
    stopSignal: 'SIGTERM',
    stopTimeoutMs: 5000,
    orphanSignal: 'SIGTERM',
  });
}

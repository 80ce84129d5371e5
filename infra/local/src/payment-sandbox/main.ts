/**
 * The payment sandbox as a process of its own, configured by its environment; {@link
 * openPaymentSandbox} starts it.
 */
import { PaymentSandbox } from './payment-sandbox.ts';

const { PORT = '0', BOOK, WEBHOOK_URL, WEBHOOK_SECRET } = process.env;
if (!BOOK || !WEBHOOK_URL || !WEBHOOK_SECRET) {
  console.error('BOOK, WEBHOOK_URL and WEBHOOK_SECRET have to be set');
  process.exit(78);
}

const sandbox = new PaymentSandbox({
  port: Number(PORT),
  book: BOOK,
  webhookUrl: WEBHOOK_URL,
  webhookSecret: WEBHOOK_SECRET,
  endsAfterMs: 1000,
  firstPauseMs: 500,
  say: console.log,
});
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void sandbox.stop());
await sandbox.start();
console.log(`the payment sandbox listens at ${sandbox.url}`);

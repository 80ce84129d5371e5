import { walkRoutes } from '@tokengrid/service/testing';
import { walletConfig } from '../config.ts';
import { WalletModule } from '../wallet.module.ts';

walkRoutes({
  ...{ name: 'wallet', module: WalletModule, config: walletConfig },
  settings: () => ({ RECEIPT_SIGNING_KEY: 'nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A' }),
  proves: ['POST /v1/payment-webhooks'],
});

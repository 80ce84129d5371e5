import { walletIdOf } from '@tokengrid/contracts';
import { newId } from '@tokengrid/service';
import { walkRoutes } from '@tokengrid/service/testing';
import { walletConfig } from '../config.ts';
import { openWallet } from '../decisions/wallets/open-wallet.ts';
import { Wallets } from '../streams/wallets.ts';
import { someCommand } from '../testing/run-wallet.ts';
import { WalletModule } from '../wallet.module.ts';

walkRoutes({
  ...{ name: 'wallet', module: WalletModule, config: walletConfig },
  settings: () => ({ RECEIPT_SIGNING_KEY: 'nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A' }),
  owned: async ({ app }) => {
    const partyId = newId('org');
    const walletId = walletIdOf(partyId);
    const opening = { walletId, partyId, partyKind: 'developer' } as const;
    await app.get(Wallets).handle(openWallet, someCommand(walletId, opening));
    return { walletId, partyId };
  },
  proves: ['POST /v1/payment-webhooks'],
});

import { startService } from '@tokengrid/service';
import { walletConfig } from './config.ts';
import { WalletModule } from './wallet.module.ts';

await startService({ name: 'wallet', module: WalletModule, config: walletConfig });

import { Module } from '@nestjs/common';
import { ServiceModule } from '@tokengrid/service';
import { AppsModule } from './apps.module.ts';
import { DirectoryModule } from './directory.module.ts';
import { PassingModule } from './passing.module.ts';
import { gatewayService } from './service.definition.ts';
import { SlicesModule } from './slices/slices.module.ts';

@Module({
  imports: [
    ServiceModule.with(gatewayService),
    PassingModule.with(DirectoryModule, SlicesModule),
    AppsModule.with(DirectoryModule, SlicesModule),
  ],
})
export class GatewayModule {}

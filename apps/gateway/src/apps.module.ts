import { type DynamicModule, Module, type ModuleMetadata } from '@nestjs/common';
import { AppAdmission } from './apps/app-admission.ts';
import { AppCalls } from './apps/app-calls.ts';
import { CallerTokens } from './apps/caller-tokens.ts';
import { KeyPublication } from './apps/key-publication.ts';
import { RunningCalls } from './apps/running-calls.ts';
import { SigningKeys } from './apps/signing-keys.ts';
import { AppsController } from './http/apps/apps.controller.ts';
import { JwksController } from './http/apps/jwks.controller.ts';
import { LimitsModule } from './limits/limits.module.ts';
import { CallerKeys } from './streams/caller-keys.ts';

/** From a caller's request to an app and back. */
@Module({})
export class AppsModule {
  /** @param imports modules that export `Directory`, `MasterKey`, `Connections` and `Purse` */
  static with(...imports: NonNullable<ModuleMetadata['imports']>): DynamicModule {
    return {
      module: AppsModule,
      imports: [...imports, LimitsModule],
      controllers: [AppsController, JwksController],
      providers: [AppAdmission, AppCalls, CallerKeys, CallerTokens, KeyPublication, RunningCalls, SigningKeys],
    };
  }
}

import { Injectable } from '@nestjs/common';
import type { IdentityEvent } from '@tokengrid/contracts';
import { streamsOf } from '@tokengrid/service';
import { signingKeys, type SigningKeys as State } from '../decisions/state/signing-keys.ts';

/** The stream `signing-keys`. */
@Injectable()
export class SigningKeys extends streamsOf<State, IdentityEvent>(signingKeys) {}

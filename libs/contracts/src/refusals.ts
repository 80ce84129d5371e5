import { appRegistryCodes, appRegistryRefusals } from './refusals/app-registry.ts';
import { type CodeDeclaration } from './refusals/code.ts';
import { codeOfEntry, type Refusals } from './refusals/commands.ts';
import { commonCodes } from './refusals/common.ts';
import { gatewayCodes } from './refusals/gateway.ts';
import { identityCodes, identityRefusals } from './refusals/identity.ts';
import { meteringCodes, meteringRefusals } from './refusals/metering.ts';
import { settlementCodes, settlementRefusals } from './refusals/settlement.ts';
import { walletCodes } from './refusals/wallet-codes.ts';
import { walletRefusals } from './refusals/wallet.ts';

export type { CodeDeclaration } from './refusals/code.ts';
export type { CodesOf, StatedBy } from './refusals/commands.ts';
export { codeOfEntry } from './refusals/commands.ts';
export { appRegistryRefusals, type ManifestFaultCode } from './refusals/app-registry.ts';
export { identityRefusals } from './refusals/identity.ts';
export { meteringRefusals, type UseFaultCode, useFaultCodes } from './refusals/metering.ts';
export { settlementRefusals } from './refusals/settlement.ts';
export { walletRefusals } from './refusals/wallet.ts';

/** Every code by service, in the order of `docs/errors.md`: the common ones first. */
export const codesByService = {
  'Every service': commonCodes,
  identity: identityCodes,
  wallet: walletCodes,
  'app-registry': appRegistryCodes,
  metering: meteringCodes,
  settlement: settlementCodes,
  gateway: gatewayCodes,
} as const;

type Sections = typeof codesByService;

/** A code of the public surface. */
export type ErrorCode = { [Section in keyof Sections]: keyof Sections[Section] }[keyof Sections];

/** Declarations by code. */
export const codes: Readonly<Record<ErrorCode, CodeDeclaration>> = Object.assign({}, ...Object.values(codesByService));

/** Refusals of each service's commands, in order of precedence. */
export const refusalsByService = {
  identity: identityRefusals,
  wallet: walletRefusals,
  'app-registry': appRegistryRefusals,
  metering: meteringRefusals,
  settlement: settlementRefusals,
} as const satisfies Readonly<Record<string, Refusals<ErrorCode>>>;

const commandRefusals = {
  ...identityRefusals,
  ...walletRefusals,
  ...appRegistryRefusals,
  ...meteringRefusals,
  ...settlementRefusals,
} as const;

/** A command that may be refused. */
export type RefusableCommand = keyof typeof commandRefusals;

export const isRefusable = (name: string): name is RefusableCommand => Object.hasOwn(commandRefusals, name);

/** Codes answered to a caller of the command, each once. */
export function codesHeard(command: RefusableCommand): readonly ErrorCode[] {
  return [...new Set(commandRefusals[command].map((entry) => heard(codeOfEntry(entry))))];
}

const heard = (code: ErrorCode): ErrorCode => (codes[code].pointer === undefined ? code : 'INVALID_ARGUMENT');

const noHold = 'no such hold of yours: {holdId}';
const capped = 'a key with a cap in this wallet changes no caps, limits or policies of it';

/** Sentences of common codes by event type; `{holdId}` stands for that member of its data. */
const wordsByEvent: Readonly<Record<string, Partial<Record<ErrorCode, string>>>> = {
  TransferRefused: { NOT_FOUND: 'there is no such wallet to send to' },
  VoucherReturnRefused: { NOT_FOUND: 'this wallet has no such voucher' },
  PlanRefused: { NOT_FOUND: 'the wallet has no plan' },
  HoldExtensionRefused: { NOT_FOUND: noHold },
  CaptureRefused: { NOT_FOUND: noHold },
  HoldReleaseRefused: { NOT_FOUND: noHold },
  TokenPriceWithdrawalRefused: { NOT_FOUND: 'there is no token price {priceVersion}' },
  MemberRefused: { NOT_FOUND: 'there is no such member of this wallet', PERMISSION_DENIED: capped },
  SpendLimitsRefused: { PERMISSION_DENIED: capped },
  ExhaustionPolicyRefused: { PERMISSION_DENIED: capped },
  AppRefused: { NOT_FOUND: 'no such app, or no such version of it' },
  ModelRefused: { NOT_FOUND: 'no such model, or no such price version of it' },
  ApiKeyRefused: { NOT_FOUND: 'no such party' },
  PartyRefused: { NOT_FOUND: 'no such party' },
  UsageAlertRefused: { NOT_FOUND: 'no such alert of yours: {name}' },
};

/** Wording of a refusal for its caller. */
export interface RefusalWording {
  readonly status: number;
  readonly code: ErrorCode;
  readonly detail: string;
  /** Members of the answer beside the standard ones. */
  readonly members: Readonly<Record<string, unknown>>;
}

/**
 * Wording of a refusal: its code, sentence and members.
 * @throws Error for a code that only events carry
 */
export function wordingOf(type: string, data: { readonly code: ErrorCode }): RefusalWording {
  const { code } = data;
  const { status, pointer, detail: own, members: example, meaning } = codes[code];
  const detail = filledIn(wordsByEvent[type]?.[code] ?? own ?? meaning, data as Facts);
  if (pointer !== undefined) {
    const errors = [{ pointer, detail }];
    return { status: 400, code: 'INVALID_ARGUMENT', detail: `${pointer}: ${detail}`, members: { errors } };
  }
  if (status === undefined) throw new Error(`${type}: ${code} is never answered to a caller`);
  const members = Object.fromEntries(
    Object.keys(example).flatMap((name) =>
      (data as Facts)[name] === undefined ? [] : [[name, (data as Facts)[name]]],
    ),
  );
  return { status, code, detail, members };
}

/** Sentence of a code, with the facts that it names. */
export const detailOf = (code: ErrorCode, facts: object): string =>
  filledIn(codes[code].detail ?? codes[code].meaning, facts as Facts);

/** Sentence of a code with its example's members. */
export const exampleDetail = ({ detail, meaning, members }: CodeDeclaration): string =>
  detail === undefined ? meaning : filledIn(detail, members);

type Facts = Readonly<Record<string, unknown>>;

function filledIn(sentence: string, facts: Facts): string {
  return sentence.replace(/\{(\w+)\}/g, (_whole, name: string) => [facts[name]].flat().join(', '));
}

import { Module } from '@nestjs/common';
import { serviceConfig, serviceLog, ServiceModule, serviceParts } from '@tokengrid/service';
import type { Logger } from 'pino';
import type { IdentityConfig } from './config.ts';
import { CallerTokens } from './callers/caller-tokens.ts';
import { Consents } from './callers/consents.ts';
import { Userinfo } from './callers/userinfo.ts';
import { Contacts } from './streams/contacts.ts';
import { ApiKeysController } from './http/api-keys/api-keys.controller.ts';
import { OauthClientsController } from './http/oauth-clients/oauth-clients.controller.ts';
import { OauthController } from './http/oauth/oauth.controller.ts';
import { UserinfoController } from './http/oauth/userinfo.controller.ts';
import { PartiesController } from './http/parties/parties.controller.ts';
import { RegistrationsController } from './http/registrations/registrations.controller.ts';
import { IdentityAnswers } from './http/identity-answers.ts';
import { AcceptingInvitations } from './flows/accepting-invitations.ts';
import { InvitingPeople } from './flows/inviting-people.ts';
import { MembershipsController } from './http/memberships/memberships.controller.ts';
import { PeopleController } from './http/people/people.controller.ts';
import { MailGateway } from './mail/mail-gateway.ts';
import { MailOutbox } from './mail/mail-outbox.ts';
import { WhenInvitationWithdrawnGiveUpPerson } from './policies/when-invitation-withdrawn-give-up-person.ts';
import { WhenOrganizationRegisteredAddOwner } from './policies/when-organization-registered-add-owner.ts';
import { WhenOrganizationRegisteredRegisterPerson } from './policies/when-organization-registered-register-person.ts';
import { WhenPersonErasedDestroyKeys } from './policies/when-person-erased-destroy-keys.ts';
import { WhenPersonErasedReleaseContact } from './policies/when-person-erased-release-contact.ts';
import { WhenPersonRegisteredConfirmContact } from './policies/when-person-registered-confirm-contact.ts';
import { WhenPersonalDataErasedErasePerson } from './policies/when-personal-data-erased-erase-person.ts';
import { PeopleDirectory } from './projections/people-directory.ts';
import { PeopleViews } from './projections/people-views.ts';
import { People } from './streams/people.ts';
import { SigningIn } from './flows/signing-in.ts';
import { Accounts } from './oauth/accounts.ts';
import { BrowserSessions } from './oauth/browser-sessions.ts';
import { PassingOn } from './oauth/passing-on.ts';
import { PersonUserinfo } from './oauth/person-userinfo.ts';
import { PersonGrants } from './oauth/person-grants.ts';
import { StoredModels } from './oauth/stored-models.ts';
import { AccountPage } from './pages/account.ts';
import { ConsentGiving } from './pages/consent-giving.ts';
import { FormGuard } from './pages/form-guard.ts';
import { Interactions } from './pages/interactions.ts';
import { PagesController } from './pages/pages.controller.ts';
import { ChangingOauthClients } from './flows/changing-oauth-clients.ts';
import { IssuingApiKeys } from './flows/issuing-api-keys.ts';
import { IssuedSecrets } from './key-store/issued-secrets.ts';
import { KeyStore } from './key-store/key-store.ts';
import { LostKeys } from './key-store/lost-keys.ts';
import { MasterKey } from './key-store/master-key.ts';
import { PersonKeys } from './key-store/person-keys.ts';
import { SealedSigningKeys } from './key-store/sealed-signing-keys.ts';
import { SecretSweep } from './key-store/secret-sweep.ts';
import { AuthorizationServer } from './oauth/authorization-server.ts';
import { IssuedTokens } from './oauth/issued-tokens.ts';
import { OauthState } from './oauth/adapter.ts';
import { SigningKeyring } from './oauth/signing-keyring.ts';
import { UsedAssertions } from './oauth/used-assertions.ts';
import { Parties } from './streams/parties.ts';
import { SigningKeys } from './streams/signing-keys.ts';
import { WhenOrganizationRegisteredConfirmContact } from './policies/when-organization-registered-confirm-contact.ts';
import { WhenPersonalDataErasedDestroyKeys } from './policies/when-personal-data-erased-destroy-keys.ts';
import { WhenPersonalDataErasedReleaseContact } from './policies/when-personal-data-erased-release-contact.ts';
import { ClientDirectory } from './projections/client-directory.ts';
import { PartyDirectory } from './projections/party-directory.ts';
import { PartyViews } from './projections/party-views.ts';
import { Readings } from './flows/readings.ts';
import { Registrations } from './flows/registrations.ts';
import { RegisteringSubscribers } from './flows/registering-subscribers.ts';
import { ReservingContacts } from './flows/reserving-contacts.ts';
import { identityService } from './service.definition.ts';

const keyStore = [
  {
    provide: KeyStore,
    // After the service's own database, so that both are waited for at start if they are on one
    // server.
    inject: [serviceConfig, serviceLog, serviceParts],
    useFactory: (config: IdentityConfig, log: Logger) => KeyStore.open(config, log),
  },
  {
    provide: MasterKey,
    inject: [serviceConfig],
    useFactory: ({ identityMasterKey }: IdentityConfig) => new MasterKey(identityMasterKey),
  },
  PersonKeys,
  IssuedSecrets,
  SecretSweep,
  SealedSigningKeys,
  LostKeys,
];

const oauth = [
  SigningKeys,
  SigningKeyring,
  ClientDirectory,
  ChangingOauthClients,
  IssuedTokens,
  UsedAssertions,
  OauthState,
  AuthorizationServer,
];

const people = [
  {
    provide: MailGateway,
    inject: [serviceConfig],
    useFactory: ({ mailOutboxDirectory }: IdentityConfig) => new MailOutbox(mailOutboxDirectory),
  },
  ...[People, PeopleDirectory, PeopleViews, InvitingPeople, AcceptingInvitations, SigningIn],
  ...[
    StoredModels,
    PersonGrants,
    Accounts,
    BrowserSessions,
    PassingOn,
    PersonUserinfo,
    FormGuard,
    ConsentGiving,
    Interactions,
    AccountPage,
  ],
];

const callers = [CallerTokens, Consents, Userinfo];

@Module({
  imports: [ServiceModule.with(identityService)],
  controllers: [
    RegistrationsController,
    PartiesController,
    ApiKeysController,
    OauthClientsController,
    OauthController,
    UserinfoController,
    WhenOrganizationRegisteredConfirmContact,
    MembershipsController,
    PeopleController,
    PagesController,
    WhenPersonalDataErasedReleaseContact,
    WhenPersonalDataErasedDestroyKeys,
    WhenPersonalDataErasedErasePerson,
    WhenOrganizationRegisteredRegisterPerson,
    WhenOrganizationRegisteredAddOwner,
    WhenPersonRegisteredConfirmContact,
    WhenPersonErasedReleaseContact,
    WhenPersonErasedDestroyKeys,
    WhenInvitationWithdrawnGiveUpPerson,
  ],
  providers: [
    ...keyStore,
    ...oauth,
    ...callers,
    ...people,
    Parties,
    Contacts,
    ReservingContacts,
    Registrations,
    RegisteringSubscribers,
    IssuingApiKeys,
    Readings,
    IdentityAnswers,
    PartyDirectory,
    PartyViews,
  ],
})
export class IdentityModule {}

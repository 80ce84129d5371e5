import { Injectable } from '@nestjs/common';
import type { HttpAnswer } from '@tokengrid/service';
import { HttpAnswer as Redirect } from '@tokengrid/service';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { errors, type InteractionResults, type Provider } from 'oidc-provider';
import { SigningIn } from '../flows/signing-in.ts';
import { AuthorizationServer } from '../oauth/authorization-server.ts';
import { bufferedRequest } from '../oauth/buffered-request.ts';
import { type AskedAccess, ConsentGiving } from './consent-giving.ts';
import { consentContent, loginContent, proofContent } from './contents.ts';
import { FormGuard } from './form-guard.ts';
import { button, type Faults, hidden, titleWith } from './fields.ts';
import { html, type Html, pageAnswer } from './html.ts';
import { type Texts, textsFor } from './texts.ts';

type Interaction = Awaited<ReturnType<Provider['interactionDetails']>>;

/** A step of an authorization that a person takes, in their browser. */
interface Step {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly provider: Provider;
  readonly details: Interaction;
  readonly texts: Texts;
}

/** The steps of an authorization: sign in, prove the address, allow access. */
@Injectable()
export class Interactions {
  constructor(
    private readonly server: AuthorizationServer,
    private readonly signingIn: SigningIn,
    private readonly consents: ConsentGiving,
    private readonly guard: FormGuard,
  ) {}

  /** Shows the page of a step. */
  async show(request: FastifyRequest, reply: FastifyReply): Promise<HttpAnswer> {
    const step = await this.stepOf(request, reply);
    return 'details' in step ? this.page(step) : step;
  }

  /** Takes the form of a step. */
  async take(request: FastifyRequest, reply: FastifyReply): Promise<HttpAnswer> {
    const step = await this.stepOf(request, reply);
    if (!('details' in step)) return step;
    const form = new URLSearchParams((request.body as Buffer | undefined)?.toString());
    this.guard.mustBeOurs(request, form);
    if (form.get('do') === 'deny') return this.finish(step, { error: 'access_denied' });
    switch (step.details.prompt.name) {
      case 'login':
        return this.login(step, form);
      case 'proof':
        return this.proof(step, form);
      default:
        return this.consent(step, form);
    }
  }

  private async stepOf(request: FastifyRequest, reply: FastifyReply): Promise<Step | HttpAnswer> {
    const provider = this.server.current();
    const { uid } = request.params as { readonly uid: string };
    const accepted = request.headers['accept-language'];
    try {
      const details = await provider.interactionDetails(this.buffered(request), reply.raw);
      if (details.uid !== uid) return expired(textsFor(accepted));
      const texts = textsFor(details.params['ui_locales'] as string | undefined, accepted);
      return { request, reply, provider, details, texts };
    } catch (error) {
      if (error instanceof errors.SessionNotFound) return expired(textsFor(accepted));
      throw error;
    }
  }

  private async login(step: Step, form: URLSearchParams): Promise<HttpAnswer> {
    const { details, texts } = step;
    const [email, password] = [form.get('email') ?? '', form.get('password') ?? ''];
    const missing = {
      ...(email === '' && { email: texts.required }),
      ...(password === '' && { password: texts.required }),
    };
    if (Object.keys(missing).length > 0) return this.page(step, missing, email);
    const person = await this.signingIn.signIn(email, password);
    if (!person) return this.page(step, { password: texts.wrong }, email);
    const { accountId } = details.session ?? {};
    if (accountId !== undefined && accountId !== person.userId) {
      return this.page(step, { email: texts.otherAccount }, email);
    }
    if (!person.isEmailProved) await this.signingIn.sendCode(person.userId);
    return this.finish(step, { login: { accountId: person.userId, amr: ['pwd'] } });
  }

  private async proof(step: Step, form: URLSearchParams): Promise<HttpAnswer> {
    const userId = step.details.session!.accountId;
    if (form.get('do') === 'send') {
      await this.signingIn.sendCode(userId);
      return this.page(step);
    }
    if (await this.signingIn.prove(userId, form.get('code') ?? '')) return this.finish(step, { proof: {} });
    return this.page(step, { code: step.texts.wrongCode });
  }

  private async consent(step: Step, form: URLSearchParams): Promise<HttpAnswer> {
    const { details, provider, texts } = step;
    const asked = await this.askedOf(step);
    const party = asked.parties.find(({ partyId }) => partyId === form.get('party'));
    if (asked.services.length > 0 && !party) return this.page(step, { party: texts.required });
    const grantId = await this.consents.give(provider, asked, party);
    return this.finish(step, { ...details.lastSubmission, consent: { grantId } });
  }

  private askedOf({ details: { params, session } }: Step): Promise<AskedAccess> {
    return this.consents.asked(session!.accountId, params);
  }

  private async finish({ request, reply, provider }: Step, result: InteractionResults): Promise<HttpAnswer> {
    const merge = { mergeWithLastSubmission: !('login' in result) };
    const location = await provider.interactionResult(this.buffered(request), reply.raw, result, merge);
    return new Redirect(303, '', { location, 'cache-control': 'no-store' });
  }

  private async page(step: Step, faults: Faults = {}, email?: string): Promise<HttpAnswer> {
    const { request, provider, details, texts } = step;
    const client = await provider.Client.find(String(details.params['client_id']));
    const name = client?.clientName ?? '';
    const { token, setCookie } = this.guard.proofFor(request, this.server.isSecure);
    const form = (content: Html) =>
      html`<form method="post">${hidden('form', token)} ${content}${button('do', 'deny', texts.deny)}</form>`;
    const { title, content } = await this.contentOf(step, name, faults, email);
    const origin = new URL(String(details.params['redirect_uri'])).origin;
    return pageAnswer({
      ...{ lang: texts.lang, title: titleWith(texts, title, Object.values(faults)[0]), formsLeadTo: [origin] },
      content: form(content),
      status: Object.keys(faults).length > 0 ? 422 : 200,
      ...(setCookie !== undefined && { headers: { 'set-cookie': setCookie } }),
    });
  }

  private async contentOf(step: Step, client: string, faults: Faults, email: string | undefined) {
    const { details, texts } = step;
    switch (details.prompt.name) {
      case 'login': {
        const hint = email ?? (details.params['login_hint'] as string | undefined);
        return { title: texts.signIn, content: loginContent(texts, client, hint, faults) };
      }
      case 'proof':
        return { title: texts.proveTitle, content: proofContent(texts, faults) };
      default:
        return { title: texts.consentTitle, content: consentContent(texts, client, await this.askedOf(step), faults) };
    }
  }

  private buffered(request: FastifyRequest) {
    return bufferedRequest(request.raw, this.server.issuer);
  }
}

function expired(texts: Texts): HttpAnswer {
  return pageAnswer({ lang: texts.lang, title: texts.problem, content: html`<p>${texts.expired}</p>`, status: 400 });
}

import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { permissionDenied } from '@tokengrid/service';
import type { FastifyRequest } from 'fastify';
import { MasterKey } from '../key-store/master-key.ts';

const cookieName = 'tokengrid_form';

/** A form's proof that it is ours, and the cookie that it belongs to. */
export interface FormProof {
  readonly token: string;
  /** Header `set-cookie`, for a browser that has no cookie yet. */
  readonly setCookie?: string;
}

/**
 * Guards forms against other sites: a form has an HMAC of a random cookie, which others can neither
 * read nor make. Browsers that say where a request comes from are believed.
 */
@Injectable()
export class FormGuard {
  constructor(private readonly master: MasterKey) {}

  /** Proof for the forms of a page. @param isSecure true where browsers reach us by https */
  proofFor(request: FastifyRequest, isSecure: boolean): FormProof {
    const known = cookieOf(request);
    if (known !== undefined) return { token: this.tokenOf(known) };
    const made = randomBytes(32).toString('base64url');
    const attributes = `Path=/; HttpOnly; SameSite=Lax${isSecure ? '; Secure' : ''}`;
    return { token: this.tokenOf(made), setCookie: `${cookieName}=${made}; ${attributes}` };
  }

  /** @throws ProblemError 403 for a form that is not ours */
  mustBeOurs(request: FastifyRequest, form: URLSearchParams): void {
    const site = request.headers['sec-fetch-site'];
    const cookie = cookieOf(request);
    const isForeign = site !== undefined && site !== 'same-origin' && site !== 'none';
    if (isForeign || cookie === undefined || !isSame(form.get('form') ?? '', this.tokenOf(cookie))) {
      throw permissionDenied('the form was not sent from a page of ours');
    }
  }

  private tokenOf(cookie: string): string {
    return createHmac('sha256', this.master.ofForms).update(cookie).digest('base64url');
  }
}

const isSame = (a: string, b: string): boolean =>
  a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));

function cookieOf({ headers }: FastifyRequest): string | undefined {
  return new RegExp(`(?:^|; *)${cookieName}=([\\w-]{43})(?:;|$)`).exec(headers.cookie ?? '')?.[1];
}

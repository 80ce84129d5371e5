import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AuthorizationServer } from './authorization-server.ts';
import { bufferedRequest } from './buffered-request.ts';

const dayS = 86_400;
/** Life of a session since its last use, in seconds. */
const sessionSeconds = 7 * dayS;

/** The session of a browser, in which a person may be signed in. */
export interface BrowserSession {
  readonly accountId: string | undefined;
  /** Name of the session, which is no secret of it. */
  readonly uid: string;
  /** Signs a person in, under a new id that nobody knew before. */
  begin(userId: string): Promise<void>;
  end(): Promise<void>;
}

/** Sessions of browsers, as the library keeps them. */
@Injectable()
export class BrowserSessions {
  constructor(private readonly server: AuthorizationServer) {}

  async of(request: FastifyRequest, reply: FastifyReply): Promise<BrowserSession> {
    const provider = this.server.current();
    const context = provider.createContext(bufferedRequest(request.raw, this.server.issuer), reply.raw);
    const session = await provider.Session.get(context as never);
    const attributes = { httpOnly: true, sameSite: 'lax', secure: this.server.isSecure, signed: true } as const;
    const name = provider.cookieName('session');
    if (this.server.isSecure) context.cookies.secure = true;
    return {
      ...{ accountId: session.accountId, uid: session.uid },
      begin: async (userId) => {
        session.resetIdentifier();
        session.loginAccount({ accountId: userId, amr: ['pwd'] } as never);
        await session.save(sessionSeconds);
        context.cookies.set(name, session.jti, { ...attributes, maxAge: sessionSeconds * 1000 });
      },
      end: async () => {
        await session.destroy();
        context.cookies.set(name, null, attributes);
      },
    };
  }
}

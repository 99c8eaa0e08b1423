import type { FastifyReply, FastifyRequest } from 'fastify'

/** The one cookie a role sets, holding a random secret of the browser that began something. */
export interface SessionCookie {
  read(request: FastifyRequest): string | undefined
  write(reply: FastifyReply, secret: string): void
}

/**
 * `__Host-fj`, or `fj-<role>` where plain http on loopback is allowed: ports of one host share their cookies, so two of
 * one role there need two names.
 */
export function sessionCookie(
  role: string,
  options: { readonly insecureLoopback: boolean; readonly strict?: boolean },
): SessionCookie {
  const name = options.insecureLoopback ? `fj-${role}` : '__Host-fj'
  return {
    read: (request) => request.cookies[name],
    write: (reply, secret) => {
      void reply.setCookie(name, secret, {
        path: '/',
        httpOnly: true,
        secure: !options.insecureLoopback,
        sameSite: options.strict === true ? 'strict' : 'lax',
      })
    },
  }
}

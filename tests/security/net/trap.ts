import type { RequestListener } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { createPrivateKey } from 'node:crypto'
import { makeAuthority, makeLeaf } from '@fujie/shared/adapters/certificate.ts'
import { createHttp, type AddressRules } from '@fujie/shared/adapters/fetch-http.ts'
import { isPublicAddress } from '@fujie/shared/adapters/fetch-http-addresses.ts'
import { parsePublicJwk } from '@fujie/shared/core/crypto/key.ts'
import { jsonObject } from '@fujie/shared/core/encoding/json.ts'
import { faultCode } from '@fujie/shared/core/fault.ts'
import type { Http, HttpRequest } from '@fujie/shared/ports/http.ts'
import { privateKey } from '../../fixtures/party.ts'

export const victim = 'victim.example'

/** A service inside, that nobody outside may be sent to: over TLS, under the name of a certificate that holds. */
export interface Trap {
  readonly port: number
  /** Connections opened to it, whether or not anything was asked. */
  connections(): number
  /** Heads of what was asked. */
  readonly requests: readonly { readonly url: string; readonly headers: Readonly<Record<string, unknown>> }[]
  /** The guarded client, which knows the trap's port and certificate. */
  client(rules?: Partial<AddressRules>): Http
  close(): void
}

function pem(label: string, der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? []
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`
}

export async function openTrap(
  answer: RequestListener = (_request, response) => response.end('inside'),
): Promise<Trap> {
  const now = Math.floor(Date.now() / 1_000)
  const terms = { notBefore: now - 3_600, notAfter: now + 86_400 }
  const authority = await makeAuthority({ ...terms, name: 'Trap Authority', serial: '01', key: privateKey('trap/ca') })
  const { d: _, ...members } = privateKey('trap')
  const leafTerms = { ...terms, serial: '02', name: 'Trap', publicJwk: parsePublicJwk(jsonObject(members)) }
  const [leaf] = await makeLeaf(authority, { ...leafTerms, did: 'did:example:trap', identifier: `https://${victim}` })
  const key = createPrivateKey({ key: { ...privateKey('trap') }, format: 'jwk' }).export({
    type: 'pkcs8',
    format: 'pem',
  })
  const requests: { url: string; headers: Record<string, unknown> }[] = []
  let opened = 0
  const server = createServer({ key, cert: pem('CERTIFICATE', leaf) }, (request, response) => {
    requests.push({ url: request.url ?? '', headers: request.headers })
    answer(request, response)
  })
  server.on('connection', () => opened++)
  // A client that trusts nobody here breaks off: that is what is being watched.
  server.on('tlsClientError', () => undefined)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const options = { ports: [port], authorities: [pem('CERTIFICATE', authority.der)] }
  const usual: AddressRules = { resolve: () => Promise.resolve([]), isAllowed: isPublicAddress }
  return {
    ...{ port, requests },
    connections: () => opened,
    client: (rules = {}) => createHttp(options, { ...usual, ...rules }),
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}

/** The code of what became of a request, or the status it was answered with. */
export function outcome(http: Http, url: string, more: Partial<HttpRequest> = {}): Promise<string> {
  return http.send({ method: 'GET', url, limit: 1_000, ...more }).then(
    ({ status }) => `answered ${status}`,
    (thrown: unknown) => faultCode(thrown),
  )
}

import { createServer } from 'node:net'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '@fujie/shared/adapters/clock-system.ts'
import { createHttp } from '@fujie/shared/adapters/fetch-http.ts'
import { systemRandom } from '@fujie/shared/adapters/random-system.ts'
import { signerOfJwk } from '@fujie/shared/adapters/signer-file.ts'
import type { TrustRecord } from '@fujie/shared/core/record/record.ts'
import { usualLogTrust, usualPolicy, type Policy } from '@fujie/shared/core/trust/policy.ts'
import { registryWriterOverHttp } from '@fujie/shared/evidence/registry-writer-over-http.ts'
import type { Clock } from '@fujie/shared/ports/clock.ts'
import type { Http } from '@fujie/shared/ports/http.ts'
import { createEncrypter } from '@fujie/shared/web/encrypter.ts'
import { subjectsOf } from '@fujie/issuer/adapters/subjects-list.ts'
import { startIssuer } from '@fujie/issuer/main.ts'
import { demoPolicy, firstPolicy } from '@fujie/registry/log/genesis.ts'
import { startRegistry } from '@fujie/registry/main.ts'
import { startVerifier } from '@fujie/verifier/main.ts'
import { createHolderKeys } from '@fujie/wallet/adapters/holder-keys-node.ts'
import { noKeyring } from '@fujie/wallet/adapters/keyring-none.ts'
import { nodeTimer } from '@fujie/wallet/adapters/timer-node.ts'
import { createMirrorMemory, createVaultMemory } from '@fujie/wallet/adapters/vault-memory.ts'
import type { WalletPorts } from '@fujie/wallet/engine/ports.ts'
import type { WalletClient } from '@fujie/wallet/engine/redeem.ts'
import { createTrustedWallet } from '@fujie/wallet/engine/trusted-wallet.ts'
import { leastCost } from '@fujie/wallet/engine/vault-kdf.ts'
import type { WalletEngine } from '@fujie/wallet/engine/wallet.ts'
import { people } from '../../scripts/workbench/cast.ts'
import { demoKey, type Identity } from '../../scripts/workbench/identities.ts'
import { seedRegistry } from '../../scripts/workbench/seed.ts'

/** Registry, agency, hotel and shop on loopback, as they are started anywhere else, with nothing built and nothing mocked. */
export interface Roles {
  readonly issuer: string
  readonly hotel: string
  readonly shop: string
  readonly registry: string
  readonly policy: Policy
  readonly http: Http
  /** A wallet of its own, in memory. */
  wallet(over?: Partial<WalletPorts>, host?: WalletHost): WalletEngine
  stop(): Promise<void>
}

/** What is told of the host of a wallet: how agencies know it, or that it opens no pages. */
export interface WalletHost {
  readonly client?: WalletClient
  readonly none?: boolean
}

const origin = 'tests.fujie.example/log'
/** How the agency knows the wallets of these tests. */
export const walletClient = { id: 'fujie-wallet', redirectUri: 'https://wallet.example/open' }

/** `clock`: of the agency. */
export async function startRoles({ clock = systemClock }: { readonly clock?: Clock } = {}): Promise<Roles> {
  const folder = await mkdtemp(join(tmpdir(), 'fujie-flow-'))
  const [registryPort, issuerPort, hotelPort, shopPort] = (await freePorts(4)) as [number, number, number, number]
  const at = (port: number) => `http://127.0.0.1:${port}`
  const http = createHttp({ insecureLoopback: true })
  const logKey = signerOfJwk(demoKey('log', 'Ed25519'))
  const admin = signerOfJwk(demoKey('admin', 'Ed25519'))
  let first: TrustRecord<'pol'> | undefined

  const registry = await startRegistry(
    {
      folder: join(folder, 'registry'),
      port: registryPort,
      origin,
      batchInterval: 20,
      stampInterval: 60,
      anchorInterval: 60,
    },
    {
      logKey,
      firstPolicy: async () =>
        (first = await firstPolicy(demoPolicy(origin, logKey, admin), [admin], systemClock.now())),
    },
  )
  if (first === undefined) throw new Error('the log is not new')
  const identities = await seedRegistry({
    registry: registryWriterOverHttp(http, registry.url),
    log: registry.log,
    registryUrl: registry.url,
    policy: first,
    identifiers: { police: at(issuerPort), hotel: at(hotelPort), shop: at(shopPort) },
    now: systemClock.now(),
  })
  const trust = { ...usualLogTrust, log: registry.log, origin: registry.origin, logKeys: registry.logKeys }
  const policy: Policy = { ...usualPolicy, log: trust, roots: [identities.root.did] }

  const { police } = identities
  const issuer = await startIssuer(
    {
      ...{
        port: issuerPort,
        database: ':memory:',
        registry: registry.url,
        trust,
        roots: policy.roots,
        insecureLoopback: true,
      },
      name: { zh: police.organisation.zh, en: police.organisation.en },
      ...{ did: police.did, keyId: police.keyId, key: police.key, certificates: police.certificates },
      subjects: subjectsOf(people),
      clients: [{ id: walletClient.id, redirectUris: [walletClient.redirectUri] }],
    },
    { clock },
  )
  await issuer.publish()
  const counter = (
    port: number,
    identity: Identity,
    purpose: string,
    clientIdForm: 'x509_hash' | 'decentralized_identifier',
  ) =>
    startVerifier({
      ...{
        port,
        database: ':memory:',
        registry: registry.url,
        policy,
        insecureLoopback: true,
        purposes: [purpose],
        clientIdForm,
      },
      name: { 'zh-CN': identity.organisation.zh, en: identity.organisation.en },
      ...{ did: identity.did, keyId: identity.keyId, key: identity.key, certificates: identity.certificates },
    })
  const hotel = await counter(hotelPort, identities.hotel, 'hotel-check-in', 'x509_hash')
  const shop = await counter(shopPort, identities.shop, 'age', 'decentralized_identifier')

  return {
    ...{ issuer: issuer.url, hotel: hotel.url, shop: shop.url, registry: registry.url, policy, http },
    wallet: (over = {}, host = {}) =>
      createTrustedWallet(
        { ...memoryPorts(http), ...over },
        { relay: hotel.url, registry: registry.url, ...clientOf(host) },
        policy,
      ),
    async stop() {
      await Promise.all([hotel.stop(), shop.stop(), issuer.stop()])
      await registry.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

function clientOf({ client = walletClient, none = false }: WalletHost): { readonly client?: WalletClient } {
  return none ? {} : { client }
}

export function memoryPorts(http: Http): WalletPorts {
  return {
    store: createVaultMemory(),
    mirror: createMirrorMemory(),
    keyring: noKeyring,
    keys: createHolderKeys(),
    clock: systemClock,
    random: systemRandom,
    timer: nodeTimer,
    http,
    encrypter: createEncrypter(systemRandom),
    cost: () => Promise.resolve(leastCost),
  }
}

async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise<ReturnType<typeof createServer>>((resolve) => {
          const server = createServer().listen(0, '127.0.0.1', () => resolve(server))
        }),
    ),
  )
  const ports = servers.map((server) => (server.address() as { port: number }).port)
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  return ports
}

/** The clerk at the agency: makes an offer for a person of the register. */
export async function makeOffer(
  roles: Pick<Roles, 'issuer'>,
  subject: string,
  terms: { readonly flow?: 'code'; readonly review?: true; readonly type?: string } = {},
): Promise<{ id: string; link: string; txCode: string }> {
  const answer = await fetch(`${roles.issuer}/console/offers`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ subject, type: 'resident-id', ...terms }),
  })
  return (await answer.json()) as { id: string; link: string; txCode: string }
}

/** The clerk at the agency, about what was to be looked at first. */
export async function review(roles: Pick<Roles, 'issuer'>, offer: string, decision: 'approved' | 'declined') {
  const answer = await fetch(`${roles.issuer}/console/review`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ offer, decision }),
  })
  if (!answer.ok) throw new Error(await answer.text())
}

/** A person's browser on the agency's page: who they are, and yes or no. The address it is sent back to. */
export async function decideOnPage(url: string, person: string, decision: 'yes' | 'no' = 'yes'): Promise<string> {
  const page = await fetch(url)
  if (!page.ok) throw new Error(await page.text())
  const body = new URLSearchParams({ ...Object.fromEntries(new URL(url).searchParams), person, decision })
  const answer = await fetch(new URL('/oauth/authorize', url), { method: 'POST', body, redirect: 'manual' })
  const to = answer.headers.get('location')
  if (to === null) throw new Error(await answer.text())
  return to
}

/** The clerk at the agency: holds, restores or withdraws what an offer gave out. */
export async function setStatus(roles: Roles, offer: string, status: 'valid' | 'suspended' | 'revoked'): Promise<void> {
  const answer = await fetch(`${roles.issuer}/console/status`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ offer, status }),
  })
  if (!answer.ok) throw new Error(await answer.text())
}

interface News {
  readonly state: string
  readonly link?: string
  readonly result?: {
    readonly outcome: string
    readonly findings: readonly { readonly code: string; readonly at: string }[]
    readonly answerDigest: string
    readonly fields: readonly { readonly name: string; readonly value: string }[]
  }
}

/** The clerk at a counter: one check, seen through the page's own interface. */
export class Counter {
  readonly #url: string
  readonly #id: string
  readonly #cookie: string

  private constructor(url: string, id: string, cookie: string) {
    this.#url = url
    this.#id = id
    this.#cookie = cookie
  }

  static async open(url: string, purpose: string): Promise<Counter> {
    const answer = await fetch(`${url}/checks`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: url },
      body: JSON.stringify({ purpose }),
    })
    const { id } = (await answer.json()) as { id: string }
    return new Counter(url, id, (answer.headers.get('set-cookie') ?? '').split(';')[0] as string)
  }

  async scan(text: string): Promise<unknown> {
    const answer = await fetch(`${this.#url}/checks/${this.#id}/answers`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', cookie: this.#cookie, origin: this.#url },
      body: JSON.stringify({ text }),
    })
    return answer.json()
  }

  /** The redacted evidence bundle of its verdict. */
  async evidence(): Promise<string> {
    const answer = await fetch(`${this.#url}/checks/${this.#id}/evidence`, { headers: { cookie: this.#cookie } })
    if (!answer.ok) throw new Error(await answer.text())
    return answer.text()
  }

  /** The first news that fits. */
  async news(fits: (news: News) => boolean): Promise<News> {
    const answer = await fetch(`${this.#url}/checks/${this.#id}`, { headers: { cookie: this.#cookie } })
    const decoder = new TextDecoder()
    let text = ''
    for await (const part of answer.body as unknown as AsyncIterable<Uint8Array>) {
      text += decoder.decode(part, { stream: true })
      for (const line of text.split('\n')) {
        if (!line.startsWith('data: ') || !line.endsWith('}')) continue
        const news = JSON.parse(line.slice(6)) as News
        if (fits(news)) return news
      }
    }
    throw new Error(`no such news: ${text}`)
  }
}

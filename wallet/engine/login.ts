import { parseSdJwt } from '@fujie/shared/core/credential/sd-jwt.ts'
import type { TypeMetadata } from '@fujie/shared/core/credential/type-metadata.ts'
import { jwkMembers } from '@fujie/shared/core/crypto/key.ts'
import { hkdfSha256 } from '@fujie/shared/core/crypto/symmetric.ts'
import { formatDidKey } from '@fujie/shared/core/did/key.ts'
import { decodeBase64url, encodeBase64url } from '@fujie/shared/core/encoding/base64url.ts'
import { utf8 } from '@fujie/shared/core/encoding/bytes.ts'
import { Fault } from '@fujie/shared/core/fault.ts'
import { lifetimes } from '@fujie/shared/core/lifetimes.ts'
import type { CredentialQuery, DcqlQuery } from '@fujie/shared/core/presentation/dcql.ts'
import { onBehalfOf, type UnverifiedRequest } from '@fujie/shared/core/presentation/request.ts'
import { signJws } from '@fujie/shared/ports/sign-jws.ts'
import type { Access } from './access.ts'
import { keep, readRecord } from './contents.ts'
import { loginSeedId, storedLoginSeed } from './contents-login.ts'
import type { Showable } from './copies.ts'
import type { WalletPorts } from './ports.ts'
import type { VerifierStanding } from './trust.ts'

/** What a site asks for to know somebody again, and nothing else about them (wire profile, 9). */
export const loginType = 'urn:fujie:login:1'

/** Nobody publishes a type that every wallet issues to itself. */
export const loginMetadata: TypeMetadata = {
  vct: loginType,
  display: [
    { locale: 'zh-CN', name: '只用于此网站的登录钥匙' },
    { locale: 'en', name: 'A sign-in key for this site alone' },
  ],
  claims: [],
}

/** The site that is signed in to, and the name under which its key is derived. */
export interface Site {
  /** ASCII host, to be compared with the address bar. */
  readonly host: string
  /** The host is one of those that the asking party registered. */
  readonly listed: boolean
  readonly sector: string
}

function asksForLogin({ type }: CredentialQuery): boolean {
  return type.kind === 'vct' && type.values.includes(loginType)
}

/**
 * The site a request signs in to; undefined if it is no sign-in.
 *
 * One who names another's host gets no key of that host: only a registered host stands for itself, any other is a sector
 * of the one who asks.
 */
export function siteOf(
  request: UnverifiedRequest,
  { hosts = [], did }: Pick<VerifierStanding, 'hosts' | 'did'>,
): Site | undefined {
  if (!isSignIn(request.query)) return undefined
  const host = hostOf(onBehalfOf(request) ?? new URL(request.responseUri).host)
  const listed = hosts.includes(host)
  return { host, listed, sector: listed ? host : `${did ?? request.clientId.text} ${host}` }
}

export function isSignIn({ credentials }: DcqlQuery): boolean {
  return credentials.some(asksForLogin)
}

/** In ASCII, whatever script it was written in: what an address bar shows cannot be imitated by letters alike. */
function hostOf(text: string): string {
  const address = `https://${text}/`
  const host = URL.canParse(address) ? new URL(address).host : ''
  if (host === '' || !/^[a-z0-9.:[\]-]{1,253}$/.test(host)) throw new Fault('request.malformed', { at: 'host' })
  return host
}

/**
 * Issues this wallet's own credential for a site: signed by the key it is bound to, with nothing in it but that key. The
 * key is the same each time for one site and another for each other.
 *
 * @throws Fault `vault.locked`
 */
export async function mintLogin(
  { sector }: Site,
  access: Access,
  { clock, keys, random }: Pick<WalletPorts, 'clock' | 'keys' | 'random'>,
): Promise<Showable> {
  const seed = await loginSeed(access, random)
  const minted = await keys.derive(hkdfSha256(seed, new Uint8Array(), utf8(`fujie/login/1/${sector}`), 32))
  const signer = await keys.signer(minted)
  const did = formatDidKey(minted.publicJwk)
  const now = clock.now()
  const jwt = await signJws(
    signer,
    { typ: 'dc+sd-jwt', kid: `${did}#${did.slice('did:key:'.length)}` },
    {
      iss: did,
      iat: now,
      exp: now + lifetimes.loginCredential,
      vct: loginType,
      cnf: { jwk: jwkMembers(minted.publicJwk) },
    },
  )
  const sdJwt = parseSdJwt(`${jwt}~`)
  const id = 'login'
  return {
    ...{ id, format: 'dc+sd-jwt', types: [loginType], claims: sdJwt.claims, bound: true, authorityKeyIds: [] },
    ...{ sdJwt, copiesLeft: 0, reused: false, minted },
    copy: { id, document: id, edition: 'full', credential: sdJwt.text, key: id, used: 0, shownTo: [] },
    document: {
      ...{ id, type: loginType, metadata: {}, subject: '', receivedAt: now, state: 'valid' },
      issuer: { id: did, did, host: '' },
    },
  }
}

/** Made at the first sign-in, and kept from then on. */
async function loginSeed(access: Access, random: WalletPorts['random']): Promise<Uint8Array> {
  const { vault } = access
  const known = () => readRecord(vault, 'settings', loginSeedId, storedLoginSeed)
  if (known() === undefined) {
    const fresh = encodeBase64url(random.bytes(32))
    // Two sign-ins at once make one seed: whose turn comes second finds it there.
    await vault.commit(() => (known() === undefined ? [keep('settings', loginSeedId, { seed: fresh })] : []))
  }
  const seed = decodeBase64url(known()?.seed ?? '')
  if (seed?.length !== 32) throw new Fault('vault.tampered', { part: 'login seed' })
  return seed
}

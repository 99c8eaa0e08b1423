import { openHpke } from '@fujie/shared/core/crypto/hpke.ts'
import { x25519Public } from '@fujie/shared/core/crypto/symmetric.ts'
import { decodeBase64url, encodeBase64url } from '@fujie/shared/core/encoding/base64url.ts'
import { utf8Text } from '@fujie/shared/core/encoding/bytes.ts'
import { isJsonObject, parseJsonObject } from '@fujie/shared/core/encoding/json.ts'
import { Fault } from '@fujie/shared/core/fault.ts'
import type { Instant } from '@fujie/shared/core/instant.ts'
import { lifetimes } from '@fujie/shared/core/lifetimes.ts'
import { limits } from '@fujie/shared/core/limits.ts'
import {
  engagementInfo,
  formatEngagement,
  mailboxUrl,
  parseEngagementRequest,
  type EngagementRequest,
} from '@fujie/shared/core/qr/engagement.ts'
import type { Access } from './access.ts'
import type { EngagementView, NewsItem } from './contract.ts'
import type { News } from './news.ts'
import type { WalletPorts } from './ports.ts'
import type { OpenedLink } from './present.ts'

/** One long wait at the relay, and the pause after one that failed. */
const waitSeconds = 25
const pauseSeconds = 2

interface Engaged {
  readonly id: string
  readonly mailbox: Uint8Array
  readonly privateKey: Uint8Array
  readonly expires: Instant
}

export interface EngageParts {
  readonly ports: Pick<WalletPorts, 'clock' | 'random' | 'timer' | 'http'>
  readonly access: Access
  readonly news: News
  /** Origin of the relay. */
  readonly relay: string
  openRequest(link: OpenedLink): Promise<unknown>
}

/** 亮证: opens a mailbox, shows where it is, and takes out the one request a counter leaves in it (product design, 6.2). */
export class Engage {
  readonly #parts: EngageParts
  #current: Engaged | undefined

  constructor(parts: EngageParts) {
    this.#parts = parts
    parts.access.onLock(() => (this.#current = undefined))
  }

  /** @throws Fault `vault.locked`, `fetch.*`, `engagement.malformed` */
  async start(): Promise<EngagementView> {
    const { access, ports, relay } = this.#parts
    void access.vault
    if (this.#current !== undefined) this.cancel(this.#current.id)
    const privateKey = ports.random.bytes(32)
    const key = x25519Public(privateKey)
    const { mailbox, code } = await this.#openMailbox(key)
    const id = encodeBase64url(ports.random.bytes(12))
    const expires = ports.clock.now() + lifetimes.relayMailbox
    this.#current = { id, mailbox, privateKey, expires }
    void this.#listen(this.#current)
    return { id, text: formatEngagement({ relay: new URL(relay).host, mailbox, key }), code, expires }
  }

  cancel(id: string): void {
    if (this.#current?.id === id) this.#end(this.#current, 'cancelled')
  }

  async #openMailbox(key: Uint8Array): Promise<{ readonly mailbox: Uint8Array; readonly code: string }> {
    const { ports, relay } = this.#parts
    const answer = await ports.http.send({
      method: 'POST',
      url: `${new URL(relay).origin}/relay`,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ k: encodeBase64url(key) }),
      limit: limits.relayBody,
    })
    if (answer.status !== 201) throw new Fault('engagement.malformed', { status: answer.status })
    const json = parseJsonObject(utf8Text(answer.body) ?? '')
    const mailbox = decodeBase64url(typeof json.m === 'string' ? json.m : '')
    if (!isJsonObject(json) || mailbox?.length !== 16 || typeof json.code !== 'string' || !/^\d{6}$/.test(json.code)) {
      throw new Fault('engagement.malformed', { at: 'mailbox' })
    }
    return { mailbox, code: json.code }
  }

  async #listen(engaged: Engaged): Promise<void> {
    while (this.#current === engaged) {
      if (this.#parts.ports.clock.now() >= engaged.expires) return this.#end(engaged, 'expired')
      const sealed = await this.#look(engaged)
      if (this.#current !== engaged) return
      if (sealed === 'gone') return this.#end(engaged, 'expired')
      if (sealed !== 'nothing') return this.#answer(engaged, sealed)
    }
  }

  async #look({ mailbox }: Engaged): Promise<Uint8Array | 'nothing' | 'gone'> {
    const { ports, relay } = this.#parts
    try {
      const url = `${mailboxUrl({ relay: new URL(relay).host, mailbox })}?wait=${waitSeconds}`
      const { status, body } = await ports.http.send({
        method: 'GET',
        url,
        limit: limits.relayBody,
        timeout: waitSeconds + 5,
      })
      if (status === 200) return body
      if (status === 404 || status === 410) return 'gone'
      if (status !== 204) await ports.timer.wait(pauseSeconds)
    } catch {
      // The network may be back in a moment; the mailbox's own end ends the waiting.
      await ports.timer.wait(pauseSeconds)
    }
    return 'nothing'
  }

  /** A seal that does not open was not made for this code: nothing else can come, the relay takes one letter only. */
  async #answer(engaged: Engaged, sealed: Uint8Array): Promise<void> {
    try {
      const { clientId, requestUri } = await open(engaged, sealed)
      await this.#parts.openRequest({ clientId, requestUri, method: 'post' })
      this.#end(engaged, 'answered')
    } catch {
      this.#end(engaged, 'failed')
    }
  }

  #end(engaged: Engaged, state: Extract<NewsItem, { kind: 'engagement' }>['state']): void {
    if (this.#current !== engaged) return
    this.#current = undefined
    engaged.privateKey.fill(0)
    this.#parts.news.post({ kind: 'engagement', id: engaged.id, state })
  }
}

async function open({ mailbox, privateKey }: Engaged, sealed: Uint8Array): Promise<EngagementRequest> {
  const text = await openHpke(privateKey, sealed, engagementInfo(mailbox))
  if (text === undefined) throw new Fault('engagement.malformed', { at: 'seal' })
  return parseEngagementRequest(text)
}

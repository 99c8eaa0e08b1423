import { encodeBase64url, decodeBase64url } from '../core/encoding/base64url.ts'
import { Fault } from '../core/fault.ts'
import type { Instant } from '../core/instant.ts'
import { lifetimes, tries } from '../core/lifetimes.ts'
import { limits } from '../core/limits.ts'
import type { Clock } from '../ports/clock.ts'
import type { Random } from '../ports/random.ts'
import type { App } from './app.ts'
import { readInput } from './input.ts'
import * as z from 'zod/mini'

/** A box into which one counter may put one sealed request, for one wallet to take out. */
interface Mailbox {
  readonly key: string
  readonly code: string
  readonly expires: Instant
  message?: Uint8Array
  readonly waiting: Set<() => void>
}

interface RelayPorts {
  readonly clock: Clock
  readonly random: Random
}

const mostMailboxes = 100_000
const longestWait = 25
const codeDigits = 6

const opening = z.strictObject({ k: z.string().check(z.regex(/^[A-Za-z0-9_-]{43}$/)) })
const mailboxName = z.string().check(z.regex(/^[A-Za-z0-9_-]{22}$/))

/**
 * The blind relay of engagements: it sees sealed bytes, the wallet's one-time key and times, and forgets after 300 s.
 *
 * `PUT` once: a second counter that photographed the same code gets 409 and cannot reach the wallet.
 */
export function addRelay(app: App, { clock, random }: RelayPorts): void {
  const mailboxes = new Map<string, Mailbox>()
  const codes = new Map<string, string>()
  const failures = new Map<string, { readonly minute: number; count: number }>()

  function forgetExpired(): void {
    const now = clock.now()
    for (const [name, mailbox] of mailboxes) {
      if (mailbox.expires > now) return // they stand in order of age
      mailboxes.delete(name)
      codes.delete(mailbox.code)
      for (const wake of mailbox.waiting) wake()
    }
  }

  function open(key: string): { readonly m: string; readonly code: string } {
    forgetExpired()
    if (mailboxes.size >= mostMailboxes) throw new Fault('store.full')
    const name = encodeBase64url(random.bytes(16))
    const code = freeCode()
    mailboxes.set(name, { key, code, expires: clock.now() + lifetimes.relayMailbox, waiting: new Set() })
    codes.set(code, name)
    return { m: name, code }
  }

  function freeCode(): string {
    for (;;) {
      const code = randomDigits(random)
      if (!codes.has(code)) return code
    }
  }

  function find(name: string): Mailbox {
    forgetExpired()
    const mailbox = mailboxes.get(name)
    if (!mailbox) throw new Fault('engagement.unknown')
    return mailbox
  }

  function countFailure(address: string): void {
    const minute = Math.floor(clock.now() / 60)
    const known = failures.get(address)
    if (known?.minute !== minute) {
      if (failures.size > 10_000) failures.clear()
      failures.set(address, { minute, count: 1 })
    } else known.count++
  }

  function guardGuessing(address: string): void {
    const known = failures.get(address)
    const minute = Math.floor(clock.now() / 60)
    if (known?.minute === minute && known.count >= tries.pickUpCode) throw new Fault('admission.quota')
  }

  app.post('/relay', (request, reply) => {
    const { k } = readInput(opening, request.body)
    if (!decodeBase64url(k)) throw new Fault('request.malformed')
    void reply.code(201).header('cache-control', 'no-store')
    return open(k)
  })

  app.put('/relay/:name', { bodyLimit: limits.relayBody }, (request, reply) => {
    const mailbox = find(readInput(mailboxName, (request.params as { name: string }).name))
    if (mailbox.message) throw new Fault('engagement.used')
    if (!(request.body instanceof Uint8Array)) throw new Fault('request.malformed')
    mailbox.message = request.body
    for (const wake of mailbox.waiting) wake()
    return reply.code(204).send()
  })

  app.get('/relay/code/:code', (request, reply) => {
    guardGuessing(request.ip)
    const name = codes.get((request.params as { code: string }).code)
    if (name === undefined) {
      countFailure(request.ip)
      throw new Fault('engagement.unknown')
    }
    void reply.header('cache-control', 'no-store')
    return { m: name, k: find(name).key }
  })

  app.get('/relay/:name', async (request, reply) => {
    const mailbox = find(readInput(mailboxName, (request.params as { name: string }).name))
    const wait = Number((request.query as { wait?: string }).wait ?? '0')
    if (!mailbox.message) await patience(mailbox, Math.min(Number.isFinite(wait) ? wait : 0, longestWait))
    void reply.header('cache-control', 'no-store')
    if (!mailbox.message) return reply.code(204).send()
    return reply.type('application/octet-stream').send(Buffer.from(mailbox.message))
  })

  app.addHook('onClose', (_app, done) => {
    for (const mailbox of mailboxes.values()) for (const wake of mailbox.waiting) wake()
    done()
  })
}

/** Waits until the mailbox is filled or forgotten, or the seconds are over. */
function patience(mailbox: Mailbox, seconds: number): Promise<void> {
  return new Promise((resolve) => {
    const wake = () => {
      clearTimeout(timer)
      mailbox.waiting.delete(wake)
      resolve()
    }
    const timer = setTimeout(wake, seconds * 1000)
    mailbox.waiting.add(wake)
  })
}

/** Six digits, each of the million equally likely. */
function randomDigits(random: Random): string {
  for (;;) {
    const [a, b, c] = random.bytes(3) as unknown as [number, number, number]
    const value = ((a << 16) | (b << 8) | c) >>> 0
    if (value < 16_000_000) return String(value % 10 ** codeDigits).padStart(codeDigits, '0')
  }
}

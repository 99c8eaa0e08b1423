import { createHash, createPublicKey, generateKeyPairSync, sign, type KeyObject } from 'node:crypto'
import { Worker } from 'node:worker_threads'
import { thumbprint } from '@fujie/shared/core/crypto/key.ts'
import { nameOfRecord } from '@fujie/shared/core/record/name.ts'
import { parseRecord } from '@fujie/shared/core/record/record.ts'

/** A key of a holder, at hand for signing. */
interface HolderKey {
  readonly x: string
  readonly thumbprint: string
  readonly privateKey: KeyObject
}

export function holderKeys(count: number): readonly HolderKey[] {
  return Array.from({ length: count }, () => holderKey(generateKeyPairSync('ed25519').privateKey))
}

function holderKey(privateKey: KeyObject): HolderKey {
  const { x = '' } = createPublicKey(privateKey).export({ format: 'jwk' })
  return { x, thumbprint: thumbprint({ kty: 'OKP', crv: 'Ed25519', x }), privateKey }
}

const base64url = (text: string) => Buffer.from(text).toString('base64url')
const header = base64url('{"alg":"Ed25519","typ":"fujie-did+jws"}')
const digest = (text: string) => createHash('sha256').update(text).digest('base64url')

function signed({ privateKey }: HolderKey, payload: object): string {
  const input = `${header}.${base64url(JSON.stringify(payload))}`
  return `${input}.${sign(null, Buffer.from(input), privateKey).toString('base64url')}`
}

const jwk = ({ x }: HolderKey) => ({ kty: 'OKP', crv: 'Ed25519', x })
const documentOf = (holder: HolderKey) => ({
  keys: [{ id: 'k1', jwk: jwk(holder), for: ['authentication', 'assertionMethod'] }],
})

/** A record that creates DID number `i`. */
export function createRecord(log: string, keys: readonly HolderKey[], i: number, next?: HolderKey): string {
  const holder = keys[i % keys.length] as HolderKey
  const promised = { update: [1, next?.thumbprint ?? digest(`update ${i}`)], recovery: [1, digest(`recovery ${i}`)] }
  const doc = documentOf(holder)
  return signed(holder, {
    ...{ v: 1, kind: 'create', log, class: 'thing', keys: [jwk(holder)], doc },
    next: promised,
  })
}

/** The records of a DID with so many changes, each by a key of its own. */
export function changedDid(log: string, changes: number): { readonly did: string; readonly texts: readonly string[] } {
  const keys = holderKeys(Math.min(changes + 2, 1_024))
  const keyAt = (i: number) => keys[i % keys.length] as HolderKey
  const offset = 1_000_000_000 + changes
  const first = parseRecord(createRecord(log, [keyAt(0)], offset, keyAt(1)))
  const { name: did } = nameOfRecord(first)
  const recovery = [1, digest(`recovery ${offset}`)]
  const texts = [first.text]
  let prev = first.id
  const exp = Math.floor(Date.now() / 1000) + 86_400
  for (let seq = 1; seq <= changes; seq++) {
    const [holder, next] = [keyAt(seq), keyAt(seq + 1)]
    const text = signed(holder, {
      ...{ v: 1, kind: 'update', keys: [jwk(holder)], did, seq, prev, exp, doc: documentOf(holder) },
      next: { update: [1, next.thumbprint], recovery },
    })
    prev = digestOfPayload(text)
    texts.push(text)
  }
  return { did, texts }
}

function digestOfPayload(text: string): string {
  return createHash('sha256')
    .update(Buffer.from(text.split('.')[1] ?? '', 'base64url'))
    .digest('base64url')
}

/** What a signing thread is asked for: so many records that create DIDs, from number `from` on. */
export interface SigningOrder {
  readonly log: string
  readonly from: number
  readonly count: number
}

/** Threads that sign records, so that who takes them in need not wait. */
export class Signers {
  readonly #workers: readonly Worker[]
  #next = 0

  constructor(threads = 2) {
    const script = new URL('registry-signer.ts', import.meta.url)
    this.#workers = Array.from({ length: threads }, () => new Worker(script))
  }

  /** Answered by one thread, in the order asked. */
  async sign(order: SigningOrder): Promise<readonly string[]> {
    const worker = this.#workers[this.#next++ % this.#workers.length] as Worker
    worker.postMessage(order)
    return new Promise((resolve, reject) => {
      worker.on('error', reject)
      worker.on('message', function answer({ from, texts }: { from: number; texts: readonly string[] }) {
        if (from !== order.from) return
        worker.off('message', answer)
        worker.off('error', reject)
        resolve(texts)
      })
    })
  }

  async close(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()))
  }
}

import { statusReference, type StatusReference } from '../credential/credential.ts'
import { holderKey } from '../credential/holder-key.ts'
import { judgeKeyBinding } from '../credential/key-binding.ts'
import { parseSdJwt, type UnverifiedSdJwt } from '../credential/sd-jwt.ts'
import { jwsClaims, verifyJws } from '../crypto/jws.ts'
import type { PublicJwk } from '../crypto/key.ts'
import { isJsonObject, type Json, type JsonObject } from '../encoding/json.ts'
import { Fault, within } from '../fault.ts'
import type { Instant } from '../instant.ts'

/*
 * What a holder may order of the agency that issued a document, from the wallet and without a counter: put it on hold
 * after a loss, or offer it once more for a second device. The order is the document itself without any disclosure,
 * with a key binding made for this very address: who can sign it has the document in hand.
 */

export const holderOrders = ['hold', 'reissue'] as const
export type HolderOrder = (typeof holderOrders)[number]

/** Where an order goes; it is also the audience of the key binding, so that no presentation can be passed on as one. */
export function holderOrderUrl(issuer: string, order: HolderOrder): string {
  return `${issuer}/vci/${order}`
}

/** @throws Fault `request.malformed` */
export function parseHolderOrder(json: Json): string {
  if (!isJsonObject(json) || Object.keys(json).length !== 1 || typeof json.presentation !== 'string')
    throw new Fault('request.malformed', { at: 'presentation' })
  return json.presentation
}

export function formatHolderOrder(presentation: string): JsonObject {
  return { presentation }
}

export interface HolderOrderExpectation {
  /** The address the order was sent to. */
  readonly audience: string
  /** The agency's own key: it orders nothing about the documents of others. */
  readonly issuerKey: PublicJwk
  readonly now: Instant
}

/** The copy that an order is about. Whether its nonce was given out and is unused is still to be asked. */
export interface ProvenOrder {
  readonly status: StatusReference
  readonly nonce: string
}

/**
 * Judges that an order was made just now by the holder of a document of ours.
 *
 * @throws Fault `proof.invalid`, `limit.exceeded`
 */
export async function verifyHolderOrder(text: string, expected: HolderOrderExpectation): Promise<ProvenOrder> {
  const shown = within('proof.invalid', () => parseSdJwt(text))
  const [defect] = shown.defects
  if (defect !== undefined) return invalid(defect)
  if (shown.disclosures.length > 0) return invalid('disclosures')
  const [foreign] = await verifyJws(shown.jws, expected.issuerKey, { types: ['dc+sd-jwt'], purpose: 'credential' })
  if (foreign !== undefined) return invalid(foreign)
  const nonce = await boundNonce(shown, expected)
  const status = statusReference(shown.claims)
  return typeof status === 'object' ? { status, nonce } : invalid('status')
}

async function boundNonce(shown: UnverifiedSdJwt, { audience, now }: HolderOrderExpectation): Promise<string> {
  const { keyBinding, presented, claims } = shown
  const key = holderKey(claims)
  if (keyBinding === undefined || key === undefined) return invalid('key binding')
  const { nonce } = within('proof.invalid', () => jwsClaims(keyBinding))
  if (typeof nonce !== 'string') return invalid('nonce')
  const [code] = await judgeKeyBinding(keyBinding, presented, key, { audience, nonce }, now)
  return code === undefined ? nonce : invalid(code)
}

function invalid(reason: string): never {
  throw new Fault('proof.invalid', { reason })
}

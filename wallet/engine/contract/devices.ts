import * as z from 'zod/mini'
import type { Instant } from '@fujie/shared/core/instant.ts'

/*
 * Devices: one that was lost, a second one of the person's, and things that an organisation owns.
 */

const instant = z.int().check(z.gte(0))
const id = z.string().check(z.minLength(1), z.maxLength(200))

/** What became of a document that was reported lost. */
export interface HeldView {
  readonly state: 'suspended' | 'revoked'
}
const held: z.ZodMiniType<HeldView> = z.object({ state: z.enum(['suspended', 'revoked']) })

/** A document offered once more: the text of a code for the new device's scanner, and what is typed there. */
export interface ReissueView {
  readonly text: string
  readonly code: string
  readonly expires: Instant
}
const reissue: z.ZodMiniType<ReissueView> = z.object({ text: z.string(), code: z.string(), expires: instant })

/** The text of a code to be shown to the other side, and until when it is answered. */
export interface PairingView {
  readonly text: string
  readonly expires: Instant
}
const pairing: z.ZodMiniType<PairingView> = z.object({ text: z.string(), expires: instant })

/** A device of an organisation of this wallet. `waiting`: it has not registered yet · `enrolled` · `ended`. */
export interface DeviceView {
  readonly id: string
  readonly name: string
  readonly owner: string
  readonly state: 'waiting' | 'enrolled' | 'ended'
  /** Its identity in this wallet, once it is registered: there it is ended. */
  readonly identity?: string | undefined
}
const device: z.ZodMiniType<DeviceView> = z.object({
  id,
  name: z.string(),
  owner: z.string(),
  state: z.enum(['waiting', 'enrolled', 'ended']),
  identity: z.optional(id),
})

const name = z.string().check(z.minLength(1), z.maxLength(80))
const code = z.string().check(z.minLength(1), z.maxLength(1024))
const phrase = z.string().check(z.minLength(1), z.maxLength(1024))
const nothing = z.strictObject({})

export const devices = {
  /** 挂失. Faults: document.not_found, issuer.unreachable, issuer.refused. */
  'device.hold': { input: z.strictObject({ id }), output: held },
  /** For a second device, which makes keys of its own. Faults as above. */
  'device.reissue': { input: z.strictObject({ id }), output: reissue },

  /** On a device: makes its keys and shows itself to the one who is to own it. */
  'device.invite': { input: z.strictObject({ name }), output: pairing },
  /** On a device: takes the owner's answer, makes its DID and registers it. Faults: pairing.*, registry.unreachable. */
  'device.join': { input: z.strictObject({ text: code }), output: z.object({ identity: id }) },

  /** The owner's side: what a device's code says of it. Faults: pairing.malformed. */
  'device.greet': { input: z.strictObject({ text: code }), output: z.object({ name: z.string() }) },
  /** 入网: answers a device in the name of an identity of this wallet. The text goes back to the device. */
  'device.enrol': { input: z.strictObject({ owner: id, text: code }), output: pairing },
  'device.list': { input: nothing, output: z.object({ devices: z.array(device) }) },
  /** 移交, the first half: the device's code once more, for its next owner to answer. */
  'device.offer': { input: z.strictObject({ id }), output: pairing },
  /** 移交, the second half: the next owner's answer and our words give the device to them. */
  'device.handover': { input: z.strictObject({ id, text: code, words: phrase }), output: z.object({ identity: id }) },
} as const

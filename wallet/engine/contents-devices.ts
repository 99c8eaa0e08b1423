import * as z from 'zod/mini'

/*
 * What the store `dids` holds of pairings: `invite/<id>` on a device that looks for its owner, `device/<id>` with the
 * owner of one.
 */

const instant = z.int().check(z.gte(0))

/** A device that shows its code: the keys it will have, made before they are shown. */
export const storedInvite = z.object({
  id: z.string(),
  name: z.string(),
  nonce: z.string(),
  /** Ids in `keys`. */
  daily: z.string(),
  update: z.string(),
  expires: instant,
})
export type StoredInvite = z.output<typeof storedInvite>

/** A device whose code was answered. The registry tells by the recovery key when it has its DID. */
export const storedPairing = z.object({
  id: z.string(),
  name: z.string(),
  /** Id of the identity that owns it. */
  owner: z.string(),
  /** Thumbprint of the key it showed. */
  key: z.string(),
  recovery: z.object({ n: z.int().check(z.gte(0)), thumbprint: z.string() }),
  at: instant,
})
export type StoredPairing = z.output<typeof storedPairing>

import * as z from 'zod/mini'

/** Store `settings`, record `login-seed`: 32 random bytes, base64url, from which the keys of all sites are derived. */
export const storedLoginSeed = z.object({ seed: z.string() })
export const loginSeedId = 'login-seed'

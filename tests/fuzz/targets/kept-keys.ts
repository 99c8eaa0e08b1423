import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { AgreementKey } from '@fujie/shared/core/crypto/jwe.ts'
import type { PublicJwk } from '@fujie/shared/core/crypto/key.ts'

/** Keys that belong to the seeds. */
export const keptKeys = (
  JSON.parse(readFileSync(join(import.meta.dirname, '../seeds.json'), 'utf8')) as {
    readonly keys: {
      readonly counter: string
      readonly counterRequest: string
      readonly holder: PublicJwk
      readonly stranger: AgreementKey
    }
  }
).keys
